using MoodStream.Mood.Imaging;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>A public checkpoint, read: the encoder, the tensors beside it, and where each tensor of the file went.</summary>
/// <remarks>
/// Source of the names: microsoft/unilm (beit), facebookresearch/mae, facebookresearch/dinov2, timm, transformers.
/// Owns encoder and tensors. Thread-safety: owned by one thread.
/// </remarks>
internal sealed class Checkpoint : IDisposable
{
    private bool _encoderIsTaken;

    private Checkpoint(ImageEncoder encoder, CheckpointFamily family, CheckpointSettings settings) =>
        (Encoder, Family, Settings) = (encoder, family, settings);

    public ImageEncoder Encoder { get; }

    public CheckpointFamily Family { get; }

    public CheckpointSettings Settings { get; }

    /// <summary>Tensors that the features do not need, by our name, float32: head, mask token, decoder, ….</summary>
    public Dictionary<string, Tensor> Beside { get; } = new(StringComparer.Ordinal);

    /// <summary>Tensors used, by the file's name.</summary>
    public IReadOnlyList<string> Used { get; private set; } = [];

    /// <summary>Tensors not used, by the file's name, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Waived { get; private set; } = new Dictionary<string, string>();

    /// <summary>Tensors the file lacks that have a known value: a name and what stands in.</summary>
    public IReadOnlyList<string> StoodIn { get; private set; } = [];

    /// <summary>Preprocessing by the checkpoint's own configuration.</summary>
    public required PreprocessingRecipe Recipe { get; init; }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="BackboneException">Something does not fit; the message lists every problem.</exception>
    public static Checkpoint Read(TensorSource source, string path, CheckpointChoices choices, bool beside = false)
    {
        var (settings, family, tensors, plan) = Plan(source, path, choices);
        if (plan is null || !CanBuild(plan, tensors, source)) throw Refusal();
        var recipe = CheckpointRecipe.Read(source, plan.Input, tensors.Problems);
        var read = new Checkpoint(plan.Build(), family, settings) { Recipe = recipe };
        try
        {
            read.Fill(tensors, plan, beside);
            return tensors.Problems.Count == 0 ? read : throw Refusal();
        }
        catch
        {
            read.Dispose();
            throw;
        }

        BackboneException Refusal() =>
            new($"{path} ({family.Name}) cannot be used: {string.Join(" ", tensors.Problems)}");
    }

    /// <summary>The classifier, where the checkpoint has one. The caller disposes it.</summary>
    public static LinearClassifier? ClassifierOf(IReadOnlyDictionary<string, Tensor> beside) =>
        beside.TryGetValue("head.weight", out var weight) && weight.dim() == 2 && weight.shape[0] > 0
            ? new(weight, beside.GetValueOrDefault("head.bias")) : null;

    /// <summary>The encoder, which the caller now owns.</summary>
    public ImageEncoder TakeEncoder()
    {
        _encoderIsTaken = true;
        return Encoder;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_encoderIsTaken) Encoder.Dispose();
        foreach (var tensor in Beside.Values) tensor.Dispose();
    }

    private static (CheckpointSettings Settings, CheckpointFamily Family, NamedTensors Tensors, EncoderPlan? Plan) Plan(
        TensorSource source, string path, CheckpointChoices choices)
    {
        try
        {
            var settings = CheckpointSettings.Read(source.ReadJson("config.json"));
            var family = CheckpointFamily.Detect(source.Tensors.Keys, settings);
            var tensors = new NamedTensors(source, family.Names);
            return (settings, family, tensors, family.Plan(tensors, settings, choices));
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)      // text that is no Unicode
        {
            throw new BackboneException($"{path}: config.json: {e.Message}");
        }
    }

    /// <summary>Whether building the encoder is possible and will not allocate far more than the file holds.</summary>
    private static bool CanBuild(EncoderPlan plan, NamedTensors tensors, TensorSource source)
    {
        var problems = plan.Problems();
        tensors.Problems.AddRange(problems);
        if (problems.Count > 0) return false;
        if (plan.ParameterCount <= 2 * source.ElementCount + 65_536) return true;
        tensors.Problems.Add("The shapes ask for far more values than the file holds.");
        return false;
    }

    private void Fill(NamedTensors tensors, EncoderPlan plan, bool beside)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var used = new HashSet<string>(StringComparer.Ordinal);
        var stoodIn = new List<string>();
        foreach (var (name, target) in Encoder.state_dict())
        {
            if (plan.ValueOf(tensors, name, used) is { } value) Copy(tensors, name, value, target);
            else if (plan.StandInFor(tensors, name) is { } standIn) stoodIn.Add(standIn);
            else tensors.Problems.Add($"'{tensors.Theirs(name)}' is missing.");
        }
        foreach (var name in tensors.Names.Where(n => !used.Contains(n)))
        {
            if (plan.ReasonToWaive(name) is { } reason) tensors.Waived[tensors.Theirs(name)] = reason;
            else tensors.Problems.Add($"'{tensors.Theirs(name)}' is left over.");
            if (beside || (plan.HasClassifier && name is ("head.weight" or "head.bias")))
                Beside[name] = plan.Beside(name, tensors.Load(name)).DetachFromDisposeScope();
        }
        CheckClassifier(tensors, plan.FeatureLength);
        Used = [.. used.Select(tensors.Theirs).Order(StringComparer.Ordinal)];
        (Waived, StoodIn) = (tensors.Waived, stoodIn);
    }

    private void CheckClassifier(NamedTensors tensors, int features)
    {
        if (Beside.TryGetValue("head.weight", out var head) && (head.dim() != 2 || head.shape[1] != features))
            tensors.Problems.Add($"'{tensors.Theirs("head.weight")}' is of shape [{string.Join(", ", head.shape)}], "
                + $"not [classes, {features}].");
        if (Beside.TryGetValue("head.bias", out var bias) && (head is null || bias.dim() != 1 || bias.shape[0] != head.shape[0]))
            tensors.Problems.Add($"'{tensors.Theirs("head.bias")}' does not fit its matrix.");
    }

    private static void Copy(NamedTensors tensors, string name, Tensor value, Tensor target)
    {
        if (value.shape.SequenceEqual(target.shape)) target.copy_(value);
        else
            tensors.Problems.Add($"'{tensors.Theirs(name)}' is of shape [{string.Join(", ", value.shape)}], "
                + $"not [{string.Join(", ", target.shape)}].");
    }
}
