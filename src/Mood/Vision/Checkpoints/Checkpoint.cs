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
    private static readonly string[] Packed = [".attn.query.", ".attn.key.", ".attn.value."];

    private Checkpoint(VisionTransformer encoder, CheckpointFamily family, CheckpointSettings settings) =>
        (Encoder, Family, Settings) = (encoder, family, settings);

    public VisionTransformer Encoder { get; }

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
        CheckpointSettings settings;
        try
        {
            settings = CheckpointSettings.Read(source.ReadJson("config.json"));
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)      // text that is no Unicode
        {
            throw new BackboneException($"{path}: {e.Message}");
        }
        var family = CheckpointFamily.Detect(source.Tensors.Keys, settings);
        var tensors = new NamedTensors(source, family.Names);
        var trained = CheckpointShape.Infer(tensors, settings, choices);
        Refuse();
        var config = AtSize(trained!, choices.Input);
        tensors.Problems.AddRange(config.Problems());
        if (Parameters(config) > 2 * source.ElementCount + 65_536)
            tensors.Problems.Add("The shapes ask for far more values than the file holds.");
        Refuse();
        var recipe = CheckpointRecipe.Read(source, config.Input, path);
        var read = new Checkpoint(new VisionTransformer(config), family, settings) { Recipe = recipe };
        try
        {
            read.Fill(tensors, trained!, config, beside);
            Refuse();
            return read;
        }
        catch
        {
            read.Dispose();
            throw;
        }

        void Refuse()
        {
            if (tensors.Problems.Count > 0)
                throw new BackboneException($"{path} ({family.Name}) cannot be used: {string.Join(" ", tensors.Problems)}");
        }
    }

    /// <summary>The classifier, where the checkpoint has one. The caller disposes it.</summary>
    public static LinearClassifier? ClassifierOf(IReadOnlyDictionary<string, Tensor> beside) =>
        beside.TryGetValue("head.weight", out var weight) && weight.dim() == 2 && weight.shape[0] > 0
            ? new(weight, beside.GetValueOrDefault("head.bias")) : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        Encoder.Dispose();
        foreach (var tensor in Beside.Values) tensor.Dispose();
    }

    /// <summary>About how many values an encoder of this shape has.</summary>
    internal static long Parameters(VitConfig c) => c.Depth * (4L * c.Width * c.Width + (c.GatedMlp ? 3L : 2L) * c.Width * c.HiddenWidth);

    private static VitConfig AtSize(VitConfig trained, GridSize? input) => input is not { } size ? trained
        : trained with { ImageSize = size.Height, ImageWidth = size.Width == size.Height ? null : size.Width };

    private void Fill(NamedTensors tensors, VitConfig trained, VitConfig config, bool beside)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var used = new HashSet<string>(StringComparer.Ordinal);
        var stoodIn = new List<string>();
        foreach (var (name, target) in Encoder.state_dict())
        {
            if (ValueOf(tensors, name, trained, config, used) is { } value) Copy(tensors, name, value, target);
            else if (name.StartsWith("fc_norm.", StringComparison.Ordinal) && !tensors.Has("fc_norm.weight"))
                stoodIn.Add($"{name} = {(name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0)}");
            else tensors.Problems.Add($"'{name}' is missing.");
        }
        foreach (var name in tensors.Names.Where(n => !used.Contains(n)))
        {
            if (ReasonFor(name) is { } reason) tensors.Waived[tensors.Theirs(name)] = reason;
            else tensors.Problems.Add($"'{tensors.Theirs(name)}' is left over.");
            if (beside || name is "head.weight" or "head.bias") Beside[name] = tensors.Load(name).DetachFromDisposeScope();
        }
        if (Beside.TryGetValue("head.weight", out var head) && (head.dim() != 2 || head.shape[1] != config.FeatureLength))
            tensors.Problems.Add($"'{tensors.Theirs("head.weight")}' is of shape [{string.Join(", ", head.shape)}], "
                + $"not [classes, {config.FeatureLength}].");
        if (Beside.TryGetValue("head.bias", out var bias) && (head is null || bias.dim() != 1 || bias.shape[0] != head.shape[0]))
            tensors.Problems.Add($"'{tensors.Theirs("head.bias")}' does not fit its matrix.");
        Used = [.. used.Select(tensors.Theirs).Order(StringComparer.Ordinal)];
        (Waived, StoodIn) = (tensors.Waived, stoodIn);
    }

    private static void Copy(NamedTensors tensors, string name, Tensor value, Tensor target)
    {
        if (value.shape.SequenceEqual(target.shape)) target.copy_(value);
        else
            tensors.Problems.Add($"'{tensors.Theirs(name)}' is of shape [{string.Join(", ", value.shape)}], "
                + $"not [{string.Join(", ", target.shape)}].");
    }

    private Tensor? ValueOf(NamedTensors tensors, string name, VitConfig trained, VitConfig config, HashSet<string> used)
    {
        if (name.Contains(".attn.qkv.", StringComparison.Ordinal)) return Pack(tensors, name, config.Width, used);
        if (!tensors.Has(name)) return null;
        used.Add(name);
        var value = tensors.Load(name);
        if (trained.Grid == config.Grid) return value;
        if (name == "pos_embed" && value.dim() == 3) return PositionResizing.Absolute(value, trained.Grid, config.Grid, Family.Absolute);
        return name.EndsWith("relative_position_bias_table", StringComparison.Ordinal) && value.dim() == 2
            && value.shape[0] >= RelativePositions.Offsets(trained.Grid)
            ? PositionResizing.Relative(value, trained.Grid, config.Grid, Family.Relative)
            : value;
    }

    /// <summary>Query, key and value as one; a bias that one of them lacks is zero (BEiT's key).</summary>
    private static Tensor? Pack(NamedTensors tensors, string name, int width, HashSet<string> used)
    {
        if (tensors.Has(name) && used.Add(name)) return tensors.Load(name);
        string[] names = [.. Packed.Select(p => name.Replace(".attn.qkv.", p, StringComparison.Ordinal))];
        var isBias = name.EndsWith("bias", StringComparison.Ordinal);
        if (!names.Any(tensors.Has) || (!isBias && !names.All(tensors.Has))) return null;
        if (names.Where(tensors.Has).Any(n => tensors.Shape(n).Length != (isBias ? 1 : 2) || tensors.Side(n, 0) != width)) return null;
        if (isBias && !(tensors.Has(names[0]) && tensors.Has(names[2]))) return null;
        foreach (var part in names.Where(tensors.Has)) used.Add(part);
        return cat([.. names.Select(n => tensors.Has(n) ? tensors.Load(n) : zeros(width))], 0);
    }

    private static string? ReasonFor(string name) => name.Split('.')[0] switch
    {
        "head" => "the classifier",
        "mask_token" => "stands for removed patches in pre-training",
        "lm_head" => "predicts codes in pre-training",
        "pooler" => "a tanh layer that is no feature",
        "norm" => "the features are normed after pooling",
        "decoder_embed" or "decoder_pos_embed" or "decoder_blocks" or "decoder_norm" or "decoder_pred" => "the decoder of pre-training",
        _ => null,
    };
}
