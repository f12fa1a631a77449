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
    private readonly ImageEncoder _encoder;
    private readonly Device _device;

    private Backbone(ImageEncoder encoder, PreprocessingRecipe recipe, string modelHash, Device device)
    {
        (_encoder, Recipe, PreprocessingHash, ModelHash, _device) = (encoder, recipe, recipe.Hash, modelHash, device);
        _encoder.eval();
        _encoder.to(device);
    }

    /// <summary>How images become this backbone's input.</summary>
    public PreprocessingRecipe Recipe { get; private set; }

    /// <summary>Type of the forward pass: float32 or bfloat16.</summary>
    public ForwardPrecision Precision { get; private set; } = ForwardPrecision.Fp32;

    /// <summary>Hash of weights and configuration, 16 hexadecimal digits.</summary>
    public string ModelHash { get; }

    /// <summary>Preprocessing hash of <see cref="Recipe"/>, computed once.</summary>
    public string PreprocessingHash { get; private set; }

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

    /// <summary>How tokens become a feature; null for an encoder that has nothing to choose there.</summary>
    public FeaturePooling? Pooling =>
        (_encoder as VisionTransformer)?.Config is { } config ? FeaturePooling.Of(config) : null;

    /// <summary>Why this backbone cannot be loaded with another pooling; null if it can.</summary>
    public string? RefusalOf(FeaturePooling pooling) => _encoder is VisionTransformer transformer
        ? pooling.RefusalOf(transformer.Config)
        : NothingToPool(_encoder);

    /// <summary>Number of values in all tensors of the encoder.</summary>
    public long ParameterCount => _encoder.state_dict().Values.Sum(t => t.numel());

    /// <summary>Reads a backbone file.</summary>
    /// <param name="path">A safetensors file that carries the encoder's configuration and its preprocessing.</param>
    /// <param name="device"><c>cpu</c> or <c>cuda</c>.</param>
    /// <param name="inputSize">Side of the input, in pixels, where it is to differ from the one trained on: more pixels
    /// show smaller things and cost more time. A multiple of the patch. Of own encoders only those with sine-cosine
    /// positions can follow, of published ones all but a Mixer. Null: as trained.</param>
    /// <param name="pooling">How tokens become a feature, where it is to differ from how the backbone was trained: a
    /// norm that the file lacks is neutral then, and there is no classifier. Vision Transformers only. Null: as
    /// trained.</param>
    /// <param name="precision">Type of the forward pass. It is no part of the model hash. Whether verdicts stay the same in
    /// another type than the statistics were fitted in depends on the backbone: measure it first.</param>
    /// <param name="shrinkOnLoad">Whether large JPEGs are shrunk while they are decoded: another preprocessing than the file's, with
    /// a hash of its own.</param>
    /// <exception cref="SafetensorsException">The file is missing or malformed.</exception>
    /// <exception cref="BackboneException">The file is no backbone, its tensors do not fit, the message lists every
    /// problem; or bfloat16 is asked of an encoder that has no way to run in it.</exception>
    public static Backbone Load(
        string path, string device = "cpu", int? inputSize = null, FeaturePooling? pooling = null,
        ForwardPrecision precision = ForwardPrecision.Fp32, bool shrinkOnLoad = false)
    {
        var backbone = LoadFull(path, device, inputSize, pooling);
        if (shrinkOnLoad) backbone.ShrinkOnLoad();
        if (precision == ForwardPrecision.Fp32 || (precision == ForwardPrecision.Auto && !Bf16Hardware.Has(backbone._device)))
            backbone._encoder.TryPack(ScalarType.Float32);
        else if (backbone._encoder.TryPack(ScalarType.BFloat16)) backbone.Precision = ForwardPrecision.Bf16;
        else if (precision == ForwardPrecision.Bf16)
        {
            backbone.Dispose();
            throw new BackboneException(
                $"{path}: an encoder of architecture {backbone.Architecture} cannot run in bf16, nor can a gated MLP. Take fp32 or auto.");
        }
        return backbone;
    }

    private void ShrinkOnLoad()
    {
        Recipe = Recipe with { ShrinkOnLoad = true };
        PreprocessingHash = Recipe.Hash;
    }

    private static Backbone LoadFull(string path, string device, int? inputSize, FeaturePooling? pooling)
    {
        using var source = TensorSource.Open(path);
        if (OwnBackboneFile.Is(source.Metadata)) return LoadOwn(path, device, inputSize, pooling);
        GridSize? input = inputSize is { } side ? GridSize.Square(side) : null;
        using var read = Checkpoint.Read(source, path, new CheckpointChoices(input, Pooling: pooling));
        if (pooling is not null && read.Encoder is not VisionTransformer)
            throw new BackboneException($"{path}: {NothingToPool(read.Encoder)}");
        var encoder = read.TakeEncoder();
        return new(encoder, read.Recipe, Hash(encoder), DeviceOf(device))
        {
            Classifier = Checkpoint.ClassifierOf(read.Beside), Family = read.Family.Name,
            UsedTensors = read.Used, WaivedTensors = read.Waived, StoodIn = read.StoodIn,
        };
    }

    private static Backbone LoadOwn(string path, string device, int? inputSize, FeaturePooling? pooling)
    {
        var own = OwnBackboneFile.Read(path, inputSize, pooling);
        return new(own.Encoder, own.Recipe, Hash(own.Encoder), DeviceOf(device))
        {
            Classifier = own.Classifier, UsedTensors = own.Tensors,
        };
    }

    /// <summary>Reads the encoder of a backbone file to train it further.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dropPath">Largest drop path while training, in [0, 1).</param>
    /// <returns>The encoder, which the caller disposes, and its preprocessing.</returns>
    /// <exception cref="SafetensorsException">The file is missing or malformed.</exception>
    /// <exception cref="BackboneException">The file is no backbone, or its tensors do not fit.</exception>
    public static (VisionTransformer Encoder, PreprocessingRecipe Recipe) ReadEncoder(string path, double dropPath)
    {
        using var backbone = LoadFull(path, "cpu", null, null);
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
        string path, VisionTransformer encoder, PreprocessingRecipe recipe, string origin, Linear? classifier = null) =>
        OwnBackboneFile.Write(path, encoder, recipe, origin, classifier);

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

    /// <summary>Features and patch tokens of preprocessed images from one forward pass.</summary>
    /// <param name="images">B images, each of shape [3, H, W], normalised by <see cref="Recipe"/>.</param>
    /// <returns>
    /// What <see cref="Extract"/> gives; and patch tokens of shape [B, P, W], on the device and in the type of the forward
    /// pass, since most of them are usually not looked at. The caller disposes both.
    /// </returns>
    /// <exception cref="ArgumentException">An image has another number of values.</exception>
    /// <exception cref="NotSupportedException">The encoder has no patch tokens.</exception>
    public (Tensor Features, Tensor Patches) ExtractWithPatches(IReadOnlyList<float[]> images)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var (features, patches) = _encoder.FeaturesAndPatches(Batch(images));
        return (features.to(ScalarType.Float32).cpu().MoveToOuterDisposeScope(), patches.MoveToOuterDisposeScope());
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

    private static string NothingToPool(ImageEncoder encoder) =>
        $"An encoder of architecture {encoder.Architecture} has no choice of pooling.";

    private static Device DeviceOf(string name) => device(name);

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
