using System.Text.RegularExpressions;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>Vision Transformers on the feature map of a ResNet-v2, by timm's names.</summary>
/// <remarks>Source of the sizes: Dosovitskiy et al. 2021, section 4.1; Steiner et al. 2022, "How to train your ViT?",
/// table 2; timm.</remarks>
internal sealed partial class HybridFamily : CheckpointFamily
{
    private const string Trunk = "patch_embed.backbone.";

    private static readonly Dictionary<string, int[]> Layers = new(StringComparer.Ordinal)
    {
        ["r_s16"] = [], ["r26_s32"] = [2, 2, 2, 2], ["r50_s16"] = [3, 4, 9], ["r50_s32"] = [3, 4, 6, 3],
    };

    private static readonly Dictionary<string, (int Depth, int Width)> Sizes = new(StringComparer.Ordinal)
    {
        ["tiny"] = (12, 192), ["small"] = (12, 384), ["base"] = (12, 768), ["large"] = (24, 1024),
    };

    /// <inheritdoc/>
    public override string Name => "hybrid (timm)";

    /// <inheritdoc/>
    public override KeyMap Names { get; } = new(["module."],
    [
        // A stem alone stands without the name "stem".
        (Trunk + "conv", Trunk + "stem.conv"), (Trunk + "norm", Trunk + "stem.norm"),
        .. TrunkShape.Names(Trunk),
        .. NativeNames.Map.Names,
    ]);

    /// <inheritdoc/>
    protected override bool Owns(string name) => name.Contains(Trunk, StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override bool Claims(string architecture) => HybridName().IsMatch(architecture);

    /// <inheritdoc/>
    protected override EncoderPlan? Infer(NamedTensors tensors, CheckpointSettings settings, CheckpointChoices choices)
    {
        if (new TrunkShape(tensors, Trunk).Infer(hybrid: true) is not { } trunk) return null;
        var named = HybridName().Match(settings.Architecture ?? "");
        var layers = named.Success ? Layers[named.Groups["trunk"].Value] : null;
        tensors.Agree("layers", CheckpointSettings.Wholes(settings.Arguments, "layers") ?? layers,
            [.. trunk.Stages.Select(s => s.Depth)]);
        (int Depth, int Width)? size = named.Success ? Sizes[named.Groups["size"].Value] : null;
        var stated = settings with { Width = settings.Width ?? size?.Width, Depth = settings.Depth ?? size?.Depth };
        if (CheckpointShape.Infer(tensors, stated, choices, trunk) is not { } trained) return null;
        TimmHead.Compare(tensors, settings, trained.FeatureLength, pool: null);
        return new VitPlan(trained, choices, AbsoluteResize.BicubicAntialiased, RelativeResize.GeometricLinear);
    }

    [GeneratedRegex("^vit_(?<size>tiny|small|base|large)_(?<trunk>r_s16|r26_s32|r50_s16|r50_s32)_")]
    private static partial Regex HybridName();
}
