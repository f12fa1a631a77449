using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Convolution;

/// <summary>Stem and stages of a ResNet-v2: images to a feature map. No norm follows the last stage.</summary>
internal sealed class ResNetTrunk : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "stem")]
    private readonly ResNetStem _stem;
    [ComponentName(Name = "stages")]
    private readonly ModuleList<ResNetStageBlocks> _stages;

    public ResNetTrunk(ResNetTrunkConfig config) : base(nameof(ResNetTrunk))
    {
        _stem = new ResNetStem(config);
        _stages = StagesOf(config);
        RegisterComponents();
    }

    /// <param name="images">Normalised images, shape [B, 3, H, W].</param>
    /// <returns>Shape [B, C, ⌈H / stride⌉, ⌈W / stride⌉] with C and the stride of the configuration.</returns>
    public override Tensor forward(Tensor images) => Run(_stem, _stages, images);

    /// <summary>All stages, in order.</summary>
    internal static ModuleList<ResNetStageBlocks> StagesOf(ResNetTrunkConfig config) =>
        new([.. config.Stages.Select((_, i) => new ResNetStageBlocks(config, i))]);

    /// <summary>Stem, then stages.</summary>
    internal static Tensor Run(ResNetStem stem, ModuleList<ResNetStageBlocks> stages, Tensor images)
    {
        using var scope = NewDisposeScope();
        var map = stem.forward(images);
        foreach (var stage in stages) map = stage.forward(map);
        return map.MoveToOuterDisposeScope();
    }
}

/// <summary>A 7 x 7 convolution and a 3 x 3 maximum, each of stride 2; with norm and ReLU between them where blocks
/// activate last.</summary>
internal sealed class ResNetStem : nn.Module<Tensor, Tensor>
{
    private const int PoolKernel = 3;
    private const int PoolStride = 2;

    [ComponentName(Name = "conv")]
    private readonly StandardizedConvolution _convolution;
    [ComponentName(Name = "norm")]
    private readonly GroupNorm? _norm;
    private readonly ConvolutionPadding _padding;

    public ResNetStem(ResNetTrunkConfig config) : base(nameof(ResNetStem))
    {
        _padding = config.Padding;
        _convolution = new StandardizedConvolution(3, config.StemWidth, kernel: 7, stride: 2, config);
        if (!config.PreActivation) _norm = nn.GroupNorm(config.Groups, config.StemWidth, config.NormEpsilon);
        RegisterComponents();
    }

    /// <param name="images">Shape [B, 3, H, W].</param>
    /// <returns>Shape [B, C, ⌈H / 4⌉, ⌈W / 4⌉].</returns>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var map = _convolution.forward(images);
        if (_norm is not null) map = _norm.forward(map).relu();
        // BiT pads with zeros, which win over negative values; SAME padding never wins.
        var fill = _padding == ConvolutionPadding.Symmetric ? 0 : double.NegativeInfinity;
        var padded = Padding.Apply(map, PoolKernel, PoolStride, _padding, fill);
        return nn.functional.max_pool2d(padded, PoolKernel, PoolStride).MoveToOuterDisposeScope();
    }
}

/// <summary>The blocks of one stage.</summary>
internal sealed class ResNetStageBlocks : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "blocks")]
    private readonly ModuleList<ResidualBlock> _blocks;

    /// <param name="config">The whole trunk.</param>
    /// <param name="index">Which stage, from 0.</param>
    public ResNetStageBlocks(ResNetTrunkConfig config, int index) : base(nameof(ResNetStageBlocks))
    {
        var stage = config.Stages[index];
        var input = index == 0 ? config.StemWidth : config.Stages[index - 1].Width;
        var stride = index == 0 ? 1 : 2;
        _blocks = new ModuleList<ResidualBlock>([.. Enumerable.Range(0, stage.Depth).Select(i => i == 0
            ? new ResidualBlock(input, stage, stride, project: true, config)
            : new ResidualBlock(stage.Width, stage, 1, project: false, config))]);
        RegisterComponents();
    }

    /// <param name="map">Feature map, shape [B, input, H, W].</param>
    /// <returns>Shape [B, output, ⌈H / stride⌉, ⌈W / stride⌉].</returns>
    public override Tensor forward(Tensor map)
    {
        using var scope = NewDisposeScope();
        foreach (var block in _blocks) map = block.forward(map);
        return map.MoveToOuterDisposeScope();
    }
}
