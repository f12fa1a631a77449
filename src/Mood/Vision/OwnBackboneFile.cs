using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision.Checkpoints;
using MoodStream.Mood.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>What a backbone file of our own holds.</summary>
/// <param name="Encoder">The encoder with its weights.</param>
/// <param name="Recipe">Its preprocessing.</param>
/// <param name="Classifier">The classifier that fine-tuning left; null for none, or one for other features.</param>
/// <param name="Tensors">Names of the tensors.</param>
internal sealed record OwnBackbone(
    VisionTransformer Encoder, PreprocessingRecipe Recipe, LinearClassifier? Classifier, IReadOnlyList<string> Tensors);

/// <summary>Backbone files of our own: configuration and preprocessing stand in the header of the safetensors
/// file.</summary>
internal static class OwnBackboneFile
{
    private const string ConfigKey = "moodstream.encoder";
    private const string RecipeKey = "moodstream.preprocessing";
    private const string OriginKey = "moodstream.origin";
    private const string Positions = "pos_embed";
    private const string HeadWeight = "head.weight";
    private const string HeadBias = "head.bias";
    private static readonly string[] LastNorms = ["norm", "fc_norm"];

    /// <summary>Whether a header is that of a file of our own.</summary>
    public static bool Is(IReadOnlyDictionary<string, string> header) =>
        header.ContainsKey(ConfigKey) && header.ContainsKey(RecipeKey);

    /// <summary>Reads one. The caller disposes encoder and classifier.</summary>
    /// <exception cref="BackboneException">Its tensors do not fit its configuration, or what was asked for is not
    /// possible; the message lists every problem.</exception>
    public static OwnBackbone Read(string path, int? inputSize, FeaturePooling? pooling)
    {
        using var file = SafetensorsFile.Open(path);
        try
        {
            var trained = VitConfig.FromJson(file.Metadata[ConfigKey]);
            var recipe = PreprocessingRecipe.FromJson(file.Metadata[RecipeKey]);
            if (inputSize is { } size && size != trained.ImageSize) (trained, recipe) = AtSize(size, trained, recipe);
            if (pooling?.RefusalOf(trained) is { } refusal) throw new FormatException(refusal);
            var config = pooling?.ApplyTo(trained) ?? trained;
            if (VitPlan.ParametersOf(config) > 2 * file.Tensors.Values.Sum(t => t.ElementCount) + 65_536)
                throw new FormatException("its configuration asks for far more values than it holds.");
            var repooled = FeaturePooling.Of(config) != FeaturePooling.Of(trained);
            var encoder = new VisionTransformer(config);
            Fill(encoder, file, path, repooled);
            return new(
                encoder, recipe, repooled ? null : HeadOf(file, config, path),
                [.. file.Tensors.Keys.Order(StringComparer.Ordinal)]);
        }
        catch (FormatException e)
        {
            throw new BackboneException($"{path}: {e.Message}");
        }
    }

    /// <summary>Writes one; the file is replaced once the new one is whole.</summary>
    public static void Write(
        string path, VisionTransformer encoder, PreprocessingRecipe recipe, string origin, Linear? classifier)
    {
        var tensors = encoder.state_dict().Select(t => (t.Key, t.Value)).ToList();
        if (classifier is not null)
            tensors.AddRange([(HeadWeight, classifier.weight), (HeadBias, classifier.bias!)]);
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>
        {
            [ConfigKey] = (encoder.Config with { DropPath = 0 }).ToJson(),
            [RecipeKey] = recipe.ToJson(),
            [OriginKey] = origin,
        });
    }

    private static (VitConfig Config, PreprocessingRecipe Recipe) AtSize(
        int size, VitConfig config, PreprocessingRecipe recipe)
    {
        var resized = config with { ImageSize = size, PositionGrid = config.PositionGrid ?? config.Grid.Height };
        var problems = resized.Problems();
        if (problems.Count > 0)
            throw new FormatException($"An input of {size} pixels is not possible. {string.Join(" ", problems)}");
        return recipe is { Resize: ResizeRule.Exact, Crop: null }
            ? (resized, recipe with { Resize = new ResizeRule.Exact(size, size) })
            : throw new FormatException($"An input of {size} pixels is not possible: the preprocessing crops.");
    }

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
        throw new BackboneException(
            $"{path}: its classifier is for another length of features than {config.FeatureLength}.");
    }

    private static void Fill(VisionTransformer encoder, SafetensorsFile file, string path, bool repooled)
    {
        var state = encoder.state_dict();
        var problems = ProblemsOf(encoder.Config, state, file, repooled);
        if (problems.Count > 0)
            throw new BackboneException($"{path} does not fit its own configuration: {string.Join(" ", problems)}");
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var stored = state.Where(t => !IsComputed(encoder.Config, t.Key) && file.Tensors.ContainsKey(t.Key));
        foreach (var (name, tensor) in stored) tensor.copy_(file.Load(name));
    }

    /// <summary>
    /// What does not fit. A pooling that is not the trained one may want a last norm that the file lacks, which is
    /// neutral then, and may have no use for the one it has.
    /// </summary>
    private static List<string> ProblemsOf(
        VitConfig config, Dictionary<string, Tensor> state, SafetensorsFile file, bool repooled)
    {
        bool MayDiffer(string name) =>
            IsComputed(config, name) || (repooled && LastNorms.Contains(name.Split('.')[0]));
        var missing = state.Keys.Where(n => !file.Tensors.ContainsKey(n) && !MayDiffer(n));
        var left = file.Tensors.Keys.Where(
            n => !state.ContainsKey(n) && n is not (HeadWeight or HeadBias) && !MayDiffer(n));
        var other = file.Tensors.Values.Where(t => !IsComputed(config, t.Name)
            && state.TryGetValue(t.Name, out var mine) && !mine.shape.SequenceEqual(t.Shape));
        return
        [
            .. missing.Select(n => $"'{n}' is missing."), .. left.Select(n => $"'{n}' is left over."),
            .. other.Select(t => $"'{t.Name}' is of shape [{string.Join(", ", t.Shape)}], "
                + $"not [{string.Join(", ", state[t.Name].shape)}]."),
        ];
    }

    /// <summary>Positions that are computed for an input of another size than trained.</summary>
    private static bool IsComputed(VitConfig config, string name) =>
        name == Positions && config.PositionGrid is not null;
}
