using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Convolution;

/// <summary>ResNet-v2 as in BiT: pre-activation, group norm, standardised weights; the feature is the mean of the last
/// map.</summary>
/// <remarks>
/// Source: Kolesnikov et al. 2020, "Big Transfer (BiT): General Visual Representation Learning", arXiv:1912.11370.
/// Differs: nothing. The weights fit any size of input; <see cref="ResNetV2Config"/> fixes one. Names of the parameters
/// are those of timm. Thread-safety: owned by one thread.
/// </remarks>
public sealed class ResNetV2 : ImageEncoder
{
    [ComponentName(Name = "stem")]
    private readonly ResNetStem _stem;
    [ComponentName(Name = "stages")]
    private readonly ModuleList<ResNetStageBlocks> _stages;
    [ComponentName(Name = "norm")]
    private readonly GroupNorm _norm;

    /// <param name="config">The encoder's shape.</param>
    /// <exception cref="ArgumentException">The configuration cannot be built; the message lists every
    /// problem.</exception>
    public ResNetV2(ResNetV2Config config) : base(nameof(ResNetV2))
    {
        var problems = config.Problems();
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(config));
        Config = config;
        (_stem, _stages) = (new ResNetStem(config.Trunk), ResNetTrunk.StagesOf(config.Trunk));
        _norm = nn.GroupNorm(config.Trunk.Groups, config.Trunk.OutputWidth, config.Trunk.NormEpsilon);
        RegisterComponents();
    }

    /// <summary>The encoder's shape.</summary>
    public ResNetV2Config Config { get; }

    /// <inheritdoc/>
    public override string Architecture => "resnetv2";

    /// <inheritdoc/>
    public override GridSize Input => Config.Input;

    /// <inheritdoc/>
    public override int FeatureLength => Config.Trunk.OutputWidth;

    /// <inheritdoc/>
    public override GridSize? PatchGrid => Config.Grid;

    /// <inheritdoc/>
    public override string Describe() => Config.ToJson();

    /// <param name="images">Normalised images, shape [B, 3, H, W], float32.</param>
    /// <returns>Features, shape [B, D], not normalised in length. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The images are of another size.</exception>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Map(images).mean([2, 3]).MoveToOuterDisposeScope();
    }

    /// <summary>Cells of the last map, after norm and ReLU; their mean is the feature.</summary>
    public override Tensor PatchTokens(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Cells(Map(images)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override (Tensor Features, Tensor Patches) FeaturesAndPatches(Tensor images)
    {
        using var scope = NewDisposeScope();
        var map = Map(images);
        return (map.mean([2, 3]).MoveToOuterDisposeScope(), Cells(map).MoveToOuterDisposeScope());
    }

    private static Tensor Cells(Tensor map) => map.flatten(2).transpose(1, 2).contiguous();    // [B, h·w, D]

    private Tensor Map(Tensor images)
    {
        EncoderInput.Require(images, Input);
        return _norm.forward(ResNetTrunk.Run(_stem, _stages, images)).relu();                  // [B, D, h, w]
    }
}
