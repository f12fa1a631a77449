using System.Globalization;
using System.Text.RegularExpressions;
using MoodStream.Mood.Vision.Mixing;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>MLP-Mixer, by timm's names.</summary>
/// <remarks>Source of the sizes: Tolstikhin et al. 2021, table 1.</remarks>
internal sealed partial class MixerFamily : CheckpointFamily
{
    private static readonly Dictionary<string, (int Depth, int Width)> Sizes = new(StringComparer.Ordinal)
    {
        ["s"] = (8, 512), ["b"] = (12, 768), ["l"] = (24, 1024),
    };

    /// <inheritdoc/>
    public override string Name => "mixer (timm)";

    /// <inheritdoc/>
    public override KeyMap Names { get; } = new(["module."],
    [
        ("stem.proj", "stem.proj"), ("blocks.*.norm1", "blocks.*.norm1"), ("blocks.*.norm2", "blocks.*.norm2"),
        ("blocks.*.mlp_tokens", "blocks.*.mlp_tokens"), ("blocks.*.mlp_channels", "blocks.*.mlp_channels"),
        ("norm", "norm"), ("head", "head"),
    ]);

    /// <inheritdoc/>
    protected override bool Owns(string name) => name.Contains("blocks.0.mlp_tokens.", StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override bool Claims(string architecture) => MixerName().IsMatch(architecture);

    /// <inheritdoc/>
    protected override EncoderPlan? Infer(NamedTensors tensors, CheckpointSettings settings, CheckpointChoices choices)
    {
        int width = tensors.Side("stem.proj.weight", 0), patch = tensors.Side("stem.proj.weight", 3);
        var depth = tensors.Depth("blocks.");
        if (width == 0 || patch == 0)
        {
            tensors.Problems.Add("'stem.proj.weight' is missing or of another shape than [D, 3, p, p].");
            return null;
        }
        TimmHead.Compare(tensors, settings, width, pool: "avg");
        var named = MixerName().Match(settings.Architecture ?? "");
        (int Depth, int Width)? size = named.Success ? Sizes[named.Groups["size"].Value] : null;
        tensors.Agree("num_blocks", CheckpointSettings.Whole(settings.Arguments, "num_blocks") ?? size?.Depth, depth);
        tensors.Agree("embed_dim", settings.Width ?? size?.Width, width);
        int? namedPatch = named.Success
            ? int.Parse(named.Groups["patch"].ValueSpan, CultureInfo.InvariantCulture) : null;
        tensors.Agree("patch_size", settings.Patch ?? namedPatch, patch);
        if (Trained(tensors, settings, patch) is not { } trained) return null;
        if (choices.Input is { } wanted && wanted != trained)
            tensors.Problems.Add(
                $"An input of {wanted} pixels is not possible: the weights mix the patches of {trained} pixels.");
        return new MixerPlan(new()
        {
            Input = trained, PatchSize = patch, Width = width, Depth = depth,
            TokenHidden = tensors.Side("blocks.0.mlp_tokens.fc1.weight", 0),
            ChannelHidden = tensors.Side("blocks.0.mlp_channels.fc1.weight", 0),
        });
    }

    /// <summary>The input by the configuration, or a square one by the patches that are mixed.</summary>
    private static GridSize? Trained(NamedTensors tensors, CheckpointSettings settings, int patch)
    {
        var mixed = tensors.Side("blocks.0.mlp_tokens.fc1.weight", 1);
        var side = (int)Math.Round(Math.Sqrt(mixed));
        if (settings.Image is { } image)
        {
            var count = (long)(image.Height / patch) * (image.Width / patch);
            if (count != mixed)
                tensors.Problems.Add($"config.json says an input of {image} pixels, {count} patches of {patch}; "
                    + $"the tensors mix {mixed}.");
            return image;
        }
        if (mixed > 0 && side * side == mixed && (long)side * patch <= int.MaxValue)
            return GridSize.Square(side * patch);
        tensors.Problems.Add(
            "The size of the input is not known: neither a configuration nor a square number of patches tells it.");
        return null;
    }

    [GeneratedRegex("^mixer_(?<size>[sbl])(?<patch>16|32)_")]
    private static partial Regex MixerName();
}

/// <summary>An MLP-Mixer at the size it was trained on.</summary>
internal sealed class MixerPlan(MixerConfig config) : EncoderPlan
{
    /// <inheritdoc/>
    public override GridSize Input => config.Input;

    /// <inheritdoc/>
    public override int FeatureLength => config.Width;

    /// <inheritdoc/>
    public override long ParameterCount => config.ParameterCount;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems() => config.Problems();

    /// <inheritdoc/>
    public override ImageEncoder Build() => new MlpMixer(config);
}
