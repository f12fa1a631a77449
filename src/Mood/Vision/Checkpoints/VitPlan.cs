using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>A Vision Transformer or a hybrid, at the size trained on or at another one.</summary>
/// <param name="trained">Configuration as trained.</param>
/// <param name="choices">Size of the input and pooling asked for.</param>
/// <param name="absolute">How absolute positions are resized.</param>
/// <param name="relative">How relative position tables are resized.</param>
internal sealed class VitPlan(
    VitConfig trained, CheckpointChoices choices, AbsoluteResize absolute, RelativeResize relative) : EncoderPlan
{
    private static readonly string[] Packed = [".attn.query.", ".attn.key.", ".attn.value."];

    private readonly VitConfig _config = Chosen(trained, choices);

    private bool IsRepooled => FeaturePooling.Of(_config) != FeaturePooling.Of(trained);

    /// <inheritdoc/>
    public override GridSize Input => _config.Input;

    /// <inheritdoc/>
    public override int FeatureLength => _config.FeatureLength;

    /// <inheritdoc/>
    public override bool HasClassifier => !IsRepooled;

    /// <inheritdoc/>
    public override long ParameterCount => ParametersOf(trained);

    /// <summary>About how many values an encoder of this shape has.</summary>
    internal static long ParametersOf(VitConfig c) =>
        c.Depth * (4L * c.Width * c.Width + (c.GatedMlp ? 3L : 2L) * c.Width * c.HiddenWidth)
            + (c.Trunk?.ParameterCount ?? 0)
        + (c.Positions == PositionEmbedding.Learned ? (long)c.Patches * c.Width : 0)
        + RelativeTables(c) * c.Patches * c.Patches;

    private static long RelativeTables(VitConfig c) => c.RelativePositions switch
    {
        RelativePositionBias.None => 0, RelativePositionBias.Shared => 1, _ => c.Depth,
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems() => _config.Problems();

    /// <inheritdoc/>
    public override ImageEncoder Build() => new VisionTransformer(_config);

    /// <inheritdoc/>
    public override Tensor? ValueOf(NamedTensors tensors, string name, ISet<string> used)
    {
        if (name.Contains(".attn.qkv.", StringComparison.Ordinal)) return Pack(tensors, name, _config.Width, used);
        if (base.ValueOf(tensors, name, used) is not { } value) return null;
        if (trained.Grid == _config.Grid) return value;
        if (name == "pos_embed" && value.dim() == 3 && value.shape[1] >= trained.Grid.Count)
            return PositionResizing.Absolute(value, trained.Grid, _config.Grid, absolute);
        return name.EndsWith("relative_position_bias_table", StringComparison.Ordinal) && value.dim() == 2
            && value.shape[0] >= RelativePositions.Offsets(trained.Grid)
            ? PositionResizing.Relative(value, trained.Grid, _config.Grid, relative)
            : value;
    }

    /// <inheritdoc/>
    public override string? StandInFor(NamedTensors tensors, string name)
    {
        var layer = name.Split('.')[0];
        return (layer == "fc_norm" || (layer == "norm" && IsRepooled)) && !tensors.Has(layer + ".weight")
            ? $"{name} = {(name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0)}"
            : null;
    }

    /// <inheritdoc/>
    public override string? ReasonToWaive(string name) => name.Split('.')[0] switch
    {
        "head" => "the classifier",
        "mask_token" => "stands for removed patches in pre-training",
        "lm_head" => "predicts codes in pre-training",
        "pooler" => "a tanh layer that is no feature",
        "norm" => "the features are normed after pooling",
        "fc_norm" when IsRepooled => "the tokens are normed before pooling",
        "decoder_embed" or "decoder_pos_embed" or "decoder_blocks" or "decoder_norm" or "decoder_pred" =>
            "the decoder of pre-training",
        _ => null,
    };

    private static VitConfig Chosen(VitConfig trained, CheckpointChoices choices)
    {
        var sized = choices.Input is not { } size ? trained
            : trained with { ImageSize = size.Height, ImageWidth = size.Width == size.Height ? null : size.Width };
        return choices.Pooling?.ApplyTo(sized) ?? sized;
    }

    /// <summary>Query, key and value as one; a bias that one of them lacks is zero (BEiT's key).</summary>
    private static Tensor? Pack(NamedTensors tensors, string name, int width, ISet<string> used)
    {
        if (tensors.Has(name) && used.Add(name)) return tensors.Load(name);
        string[] names = [.. Packed.Select(p => name.Replace(".attn.qkv.", p, StringComparison.Ordinal))];
        var isBias = name.EndsWith("bias", StringComparison.Ordinal);
        if (!names.Any(tensors.Has) || (!isBias && !names.All(tensors.Has))) return null;
        if (names.Where(tensors.Has).Any(n => !Fits(n))) return null;
        if (isBias && !(tensors.Has(names[0]) && tensors.Has(names[2]))) return null;
        foreach (var part in names.Where(tensors.Has)) used.Add(part);
        return cat([.. names.Select(n => tensors.Has(n) ? tensors.Load(n) : zeros(width))], 0);

        bool Fits(string part) => tensors.Shape(part).Length == (isBias ? 1 : 2) && tensors.Side(part, 0) == width;
    }
}
