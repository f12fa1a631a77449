using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision.Checkpoints;
using MoodStream.Mood.Vision.Precision;
using MoodStream.Mood.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>A backbone cannot be used: the file lacks something, or holds something else.</summary>
public sealed class BackboneException(string message) : Exception(message);

/// <summary>An encoder with its weights, the preprocessing it was trained with, and a hash that names both: what a gate scores with.</summary>
/// <remarks>Thread-safety: owned by one thread, the one that owns the device.</remarks>
public sealed class Backbone : IDisposable
{
    private const string ConfigKey = "moodstream.encoder";
    private const string Positions = "pos_embed";
    private const string HeadWeight = "head.weight";
    private const string HeadBias = "head.bias";
    private const string RecipeKey = "moodstream.preprocessing";
    private readonly ImageEncoder _encoder;
    private readonly Device _device;

    private Backbone(ImageEncoder encoder, PreprocessingRecipe recipe, string modelHash, Device device)
    {
        (_encoder, Recipe, PreprocessingHash, ModelHash, _device) = (encoder, recipe, recipe.Hash, modelHash, device);
        _encoder.eval();
        _encoder.to(device);
    }

    /// <summary>How images become this backbone's input.</summary>
    public PreprocessingRecipe Recipe { get; }

    /// <summary>Type of the forward pass: float32 or bfloat16.</summary>
    public ForwardPrecision Precision { get; private set; } = ForwardPrecision.Fp32;

    /// <summary>Hash of weights and configuration, 16 hexadecimal digits.</summary>
    public string ModelHash { get; }

    /// <summary>Preprocessing hash of <see cref="Recipe"/>, computed once.</summary>
    public string PreprocessingHash { get; }

    /// <summary>Name of the architecture: <c>vit</c>, <c>hybrid</c>, <c>resnetv2</c>, <c>mixer</c>.</summary>
    public string Architecture => _encoder.Architecture;

    /// <summary>Everything that shapes the encoder, as JSON on one line.</summary>
    public string Configuration => _encoder.Describe();

    /// <summary>Size of the input; pixels.</summary>
    public GridSize Input => _encoder.Input;

    /// <summary>Length D of a feature.</summary>
    public int FeatureLength => _encoder.FeatureLength;

    /// <summary>Rows and columns of the patch tokens; null for an encoder that has none.</summary>
    public GridSize? PatchGrid => _encoder.PatchGrid;

    /// <summary>Length of a patch token.</summary>
    public int PatchLength => _encoder.PatchLength;

    /// <summary>The last linear layer, whose input is exactly the feature; null where the checkpoint has none.</summary>
    /// <remarks>Owned by the backbone.</remarks>
    public LinearClassifier? Classifier { get; private init; }

    /// <summary>Family and program a checkpoint comes from, for people.</summary>
    public string Family { get; private init; } = "moodstream";

    /// <summary>Tensors used, by the file's name.</summary>
    public IReadOnlyList<string> UsedTensors { get; private init; } = [];

    /// <summary>Tensors not used, by the file's name, with the reason.</summary>
    public IReadOnlyDictionary<string, string> WaivedTensors { get; private init; } = new Dictionary<string, string>();

    /// <summary>Tensors the file lacks, and the known value that stands in.</summary>
    public IReadOnlyList<string> StoodIn { get; private init; } = [];

    /// <summary>Number of values in all tensors of the encoder.</summary>
    public long ParameterCount => _encoder.state_dict().Values.Sum(t => t.numel());

    /// <summary>Reads a backbone file.</summary>
    /// <param name="path">A safetensors file that carries the encoder's configuration and its preprocessing.</param>
    /// <param name="device"><c>cpu</c> or <c>cuda</c>.</param>
    /// <param name="inputSize">Side of the input, in pixels, where it is to differ from the one trained on: more pixels
    /// show smaller things and cost more time. A multiple of the patch. Of own encoders only those with sine-cosine
    /// positions can follow, of published ones all but a Mixer. Null: as trained.</param>
    /// <param name="precision">Type of the forward pass. It is no part of the model hash. Whether verdicts stay the same in
    /// another type than the statistics were fitted in depends on the backbone: measure it first.</param>
    /// <exception cref="SafetensorsException">The file is missing or malformed.</exception>
    /// <exception cref="BackboneException">The file is no backbone, its tensors do not fit, the message lists every
    /// problem; or bfloat16 is asked of an encoder that has no way to run in it.</exception>
    public static Backbone Load(
        string path, string device = "cpu", int? inputSize = null, ForwardPrecision precision = ForwardPrecision.Fp32)
    {
        var backbone = LoadFull(path, device, inputSize);
        if (precision == ForwardPrecision.Fp32 || (precision == ForwardPrecision.Auto && !Bf16Hardware.Has(backbone._device)))
            return backbone;
        if (backbone._encoder.TryShorten()) backbone.Precision = ForwardPrecision.Bf16;
        else if (precision == ForwardPrecision.Bf16)
        {
            backbone.Dispose();
            throw new BackboneException(
                $"{path}: an encoder of architecture {backbone.Architecture} cannot run in bf16, nor can a gated MLP. Take fp32 or auto.");
        }
        return backbone;
    }

    private static Backbone LoadFull(string path, string device, int? inputSize)
    {
        using var source = TensorSource.Open(path);
        if (source.Metadata.TryGetValue(ConfigKey, out var configuration) && source.Metadata.TryGetValue(RecipeKey, out var recipe))
            return LoadOwn(path, (configuration, recipe), device, inputSize);
        GridSize? input = inputSize is { } side ? GridSize.Square(side) : null;
        using var read = Checkpoint.Read(source, path, new CheckpointChoices(input));
        var encoder = read.TakeEncoder();
        return new(encoder, read.Recipe, Hash(encoder), DeviceOf(device))
        {
            Classifier = Checkpoint.ClassifierOf(read.Beside), Family = read.Family.Name,
            UsedTensors = read.Used, WaivedTensors = read.Waived, StoodIn = read.StoodIn,
        };
    }

    private static Backbone LoadOwn(string path, (string Config, string Recipe) header, string device, int? inputSize)
    {
        using var file = SafetensorsFile.Open(path);
        try
        {
            var (config, preprocessing) = (VitConfig.FromJson(header.Config), PreprocessingRecipe.FromJson(header.Recipe));
            if (inputSize is { } size && size != config.ImageSize) (config, preprocessing) = AtSize(size, config, preprocessing);
            if (VitPlan.ParametersOf(config) > 2 * file.Tensors.Values.Sum(t => t.ElementCount) + 65_536)
                throw new FormatException("its configuration asks for far more values than it holds.");
            var encoder = new VisionTransformer(config);
            Fill(encoder, file, path);
            return new(encoder, preprocessing, Hash(encoder), DeviceOf(device))
            {
                Classifier = HeadOf(file, config, path),
                UsedTensors = [.. file.Tensors.Keys.Order(StringComparer.Ordinal)],
            };
        }
        catch (FormatException e)
        {
            throw new BackboneException($"{path}: {e.Message}");
        }
    }

    /// <summary>Reads the encoder of a backbone file to train it further.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dropPath">Largest drop path while training, in [0, 1).</param>
    /// <returns>The encoder, which the caller disposes, and its preprocessing.</returns>
    /// <exception cref="SafetensorsException">The file is missing or malformed.</exception>
    /// <exception cref="BackboneException">The file is no backbone, or its tensors do not fit.</exception>
    public static (VisionTransformer Encoder, PreprocessingRecipe Recipe) ReadEncoder(string path, double dropPath)
    {
        using var backbone = Load(path);
        if (backbone._encoder is not VisionTransformer trained)
            throw new BackboneException(
                $"{path}: only a Vision Transformer can be trained further, not a {backbone.Architecture}.");
        using var gradientless = no_grad();
        var encoder = new VisionTransformer(trained.Config with { DropPath = dropPath });
        encoder.load_state_dict(trained.state_dict());
        return (encoder, backbone.Recipe);
    }

    /// <summary>Writes an encoder as a backbone file.</summary>
    /// <param name="path">The file; replaced once the new one is whole.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="recipe">Its preprocessing.</param>
    /// <param name="origin">Where it comes from: free text for people (data, command, seed).</param>
    /// <param name="classifier">The layer on the features, with a bias; null for none. It is no part of the model hash.</param>
    public static void Save(
        string path, VisionTransformer encoder, PreprocessingRecipe recipe, string origin, Linear? classifier = null)
    {
        var tensors = encoder.state_dict().Select(t => (t.Key, t.Value)).ToList();
        if (classifier is not null) tensors.AddRange([(HeadWeight, classifier.weight), (HeadBias, classifier.bias!)]);
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>
        {
            [ConfigKey] = (encoder.Config with { DropPath = 0 }).ToJson(), [RecipeKey] = recipe.ToJson(), ["moodstream.origin"] = origin,
        });
    }

    /// <summary>Features of preprocessed images.</summary>
    /// <param name="images">B images, each of shape [3, S, S], normalised by <see cref="Recipe"/>.</param>
    /// <returns>Features z before L2-normalisation, shape [B, D], float32, on the CPU. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">An image has another number of values.</exception>
    public Tensor Extract(IReadOnlyList<float[]> images)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        return _encoder.forward(Batch(images)).to(ScalarType.Float32).cpu().MoveToOuterDisposeScope();
    }

    /// <summary>Patch tokens of preprocessed images, after the last norm.</summary>
    /// <param name="images">B images, each of shape [3, H, W], normalised by <see cref="Recipe"/>.</param>
    /// <returns>
    /// Shape [B, P, W], float32, on the CPU, P in raster order with the rows and columns of <see cref="PatchGrid"/>, W
    /// the <see cref="PatchLength"/>.
    /// The caller disposes them.
    /// </returns>
    /// <exception cref="ArgumentException">An image has another number of values.</exception>
    /// <exception cref="NotSupportedException">The encoder has no patch tokens.</exception>
    public Tensor ExtractPatches(IReadOnlyList<float[]> images)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        return _encoder.PatchTokens(Batch(images)).to(ScalarType.Float32).cpu().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Classifier?.Dispose();
        _encoder.Dispose();
    }

    private Tensor Batch(IReadOnlyList<float[]> images)
    {
        var (height, width) = Input;
        var length = 3 * height * width;
        var batch = empty([images.Count, 3, height, width]);
        for (var i = 0; i < images.Count; i++)
        {
            if (images[i].Length != length)
                throw new ArgumentException($"Image {i} has {images[i].Length} values; this backbone takes {length}.", nameof(images));
            MemoryMarshal.AsBytes<float>(images[i]).CopyTo(batch.bytes[(i * length * sizeof(float))..]);
        }
        return batch.to(_device);
    }

    private static Device DeviceOf(string name) => device(name);

    private static (VitConfig Config, PreprocessingRecipe Recipe) AtSize(int size, VitConfig config, PreprocessingRecipe recipe)
    {
        var resized = config with { ImageSize = size, PositionGrid = config.PositionGrid ?? config.Grid.Height };
        var problems = resized.Problems();
        if (problems.Count > 0) throw new FormatException($"An input of {size} pixels is not possible. {string.Join(" ", problems)}");
        return recipe is { Resize: ResizeRule.Exact, Crop: null }
            ? (resized, recipe with { Resize = new ResizeRule.Exact(size, size) })
            : throw new FormatException($"An input of {size} pixels is not possible: the preprocessing crops.");
    }

    /// <summary>The classifier that fine-tuning left in the file, where it did.</summary>
    private static LinearClassifier? HeadOf(SafetensorsFile file, VitConfig config, string path)
    {
        if (!file.Tensors.ContainsKey(HeadWeight)) return null;
        using var scope = NewDisposeScope();
        try
        {
            var head = new LinearClassifier(
                file.Load(HeadWeight), file.Tensors.ContainsKey(HeadBias) ? file.Load(HeadBias) : null);
            if (head.FeatureLength == config.FeatureLength) return head;
            head.Dispose();
        }
        catch (ArgumentException e)
        {
            throw new BackboneException($"{path}: its classifier cannot be used. {e.Message}");
        }
        throw new BackboneException($"{path}: its classifier is for another length of features than {config.FeatureLength}.");
    }

    private static void Fill(VisionTransformer encoder, SafetensorsFile file, string path)
    {
        var state = encoder.state_dict();
        if (encoder.Config.PositionGrid is not null) state.Remove(Positions);        // computed for this size
        var problems = new List<string>();
        problems.AddRange(state.Keys.Where(n => !file.Tensors.ContainsKey(n)).Select(n => $"'{n}' is missing."));
        problems.AddRange(file.Tensors.Keys.Where(n => !state.ContainsKey(n) && n is not (HeadWeight or HeadBias) && (n != Positions || encoder.Config.PositionGrid is null)).Select(n => $"'{n}' is left over."));
        problems.AddRange(file.Tensors.Values.Where(t => state.TryGetValue(t.Name, out var mine) && !mine.shape.SequenceEqual(t.Shape))
            .Select(t => $"'{t.Name}' is of shape [{string.Join(", ", t.Shape)}], not [{string.Join(", ", state[t.Name].shape)}]."));
        if (problems.Count > 0) throw new BackboneException($"{path} does not fit its own configuration: {string.Join(" ", problems)}");
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, tensor) in state) tensor.copy_(file.Load(name));
    }

    private static string Hash(ImageEncoder encoder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(encoder.Describe()));
        foreach (var (name, tensor) in encoder.state_dict().OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {tensor.dtype} {string.Join(",", tensor.shape)}\n"));
            hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
