using System.Globalization;
using System.Text.RegularExpressions;
using MoodStream.Mood.Vision.Convolution;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>ResNet-v2 of BiT, by timm's names.</summary>
/// <remarks>Source of the sizes: Kolesnikov et al. 2020, section 3.1 and released code; timm,
/// <c>resnetv2</c>.</remarks>
internal sealed partial class ResNetV2Family : CheckpointFamily
{
    /// <summary>Members of <c>model_args</c> that change the network, and the one value this encoder
    /// computes.</summary>
    private static readonly (string Name, string Value)[] Fixed =
    [
        ("stem_type", "\"fixed\""), ("preact", "true"), ("basic", "false"), ("avg_down", "false"),
        ("output_stride", "32"),
    ];

    /// <inheritdoc/>
    public override string Name => "resnetv2 (timm)";

    /// <inheritdoc/>
    public override KeyMap Names { get; } = new(["module."],
        [.. TrunkShape.Names(""), ("norm", "norm"), ("head.fc", "head")]);

    /// <inheritdoc/>
    protected override bool Owns(string name) =>
        name.EndsWith("stages.0.blocks.0.conv1.weight", StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override bool Claims(string architecture) => BitName().IsMatch(architecture);

    /// <inheritdoc/>
    protected override EncoderPlan? Infer(NamedTensors tensors, CheckpointSettings settings, CheckpointChoices choices)
    {
        if (new TrunkShape(tensors, "").Infer(hybrid: false) is not { } trunk) return null;
        Compare(tensors, settings, trunk);
        if ((choices.Input ?? settings.Image) is not { } input)
        {
            tensors.Problems.Add(
                "The size of the input is not known: there is no config.json that tells it; give --input-size.");
            return null;
        }
        return new ResNetV2Plan(new() { Input = input, Trunk = trunk });
    }

    private static void Compare(NamedTensors tensors, CheckpointSettings settings, ResNetTrunkConfig trunk)
    {
        var args = settings.Arguments;
        foreach (var (name, value) in Fixed)
            if (CheckpointSettings.Member(args, name) is { } said && said.GetRawText() != value)
                tensors.Problems.Add($"config.json says {name} {said.GetRawText()}; only {value} can be computed.");
        TimmHead.Compare(tensors, settings, trunk.OutputWidth, pool: "avg");
        var named = BitName().Match(settings.Architecture ?? "");
        var factor = CheckpointSettings.Whole(args, "width_factor")
            ?? (named.Success ? int.Parse(named.Groups["factor"].ValueSpan, CultureInfo.InvariantCulture) : null);
        var layers = CheckpointSettings.Wholes(args, "layers")
            ?? (named.Success ? Layers(named.Groups["depth"].Value) : null);
        tensors.Agree("layers", layers, [.. trunk.Stages.Select(s => s.Depth)]);
        if (factor is not { } wider) return;
        var channels = CheckpointSettings.Wholes(args, "channels") ?? [256, 512, 1024, 2048];
        tensors.Agree("channels", [.. channels.Select(c => c * wider)], [.. trunk.Stages.Select(s => s.Width)]);
        tensors.Agree<int>("a stem width", (CheckpointSettings.Whole(args, "stem_chs") ?? 64) * wider, trunk.StemWidth);
    }

    private static int[] Layers(string depth) => depth switch
    {
        "50" => [3, 4, 6, 3], "101" => [3, 4, 23, 3], _ => [3, 8, 36, 3],
    };

    [GeneratedRegex("^resnetv2_(?<depth>50|101|152)x(?<factor>[1-9])_bit")]
    private static partial Regex BitName();
}

/// <summary>A ResNet-v2 at some size; its convolutions fit any.</summary>
internal sealed class ResNetV2Plan(ResNetV2Config config) : EncoderPlan
{
    /// <inheritdoc/>
    public override GridSize Input => config.Input;

    /// <inheritdoc/>
    public override int FeatureLength => config.Trunk.OutputWidth;

    /// <inheritdoc/>
    public override long ParameterCount => config.Trunk.ParameterCount;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Problems() => config.Problems();

    /// <inheritdoc/>
    public override ImageEncoder Build() => new ResNetV2(config);

    /// <summary>The classifier is a 1 x 1 convolution over the pooled map: a matrix.</summary>
    public override Tensor Beside(string name, Tensor value) =>
        name == "head.weight" && value.dim() == 4 && value.shape[2] == 1 && value.shape[3] == 1
            ? value.flatten(1) : value;
}
