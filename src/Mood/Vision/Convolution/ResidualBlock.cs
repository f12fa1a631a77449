using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Convolution;

/// <summary>A bottleneck: 1 x 1, 3 x 3 and 1 x 1 convolutions beside a shortcut, each with a group norm and a
/// ReLU.</summary>
/// <remarks>
/// With pre-activation (He et al. 2016, "Identity Mappings in Deep Residual Networks") norm and ReLU come before each
/// convolution and nothing follows the sum; without, they come after, the last ReLU after the sum. The 3 x 3
/// convolution strides.
/// </remarks>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "downsample")]
    private readonly Shortcut? _shortcut;
    [ComponentName(Name = "norm1")]
    private readonly GroupNorm _norm1;
    [ComponentName(Name = "conv1")]
    private readonly StandardizedConvolution _narrow;
    [ComponentName(Name = "norm2")]
    private readonly GroupNorm _norm2;
    [ComponentName(Name = "conv2")]
    private readonly StandardizedConvolution _across;
    [ComponentName(Name = "norm3")]
    private readonly GroupNorm _norm3;
    [ComponentName(Name = "conv3")]
    private readonly StandardizedConvolution _widen;
    private readonly bool _preActivation;

    /// <param name="input">Channels of the input.</param>
    /// <param name="stage">The stage the block is part of.</param>
    /// <param name="stride">Stride of the block.</param>
    /// <param name="project">Whether the shortcut is a convolution, as in the first block of a stage.</param>
    /// <param name="trunk">Norms and padding.</param>
    public ResidualBlock(int input, ResNetStage stage, int stride, bool project, ResNetTrunkConfig trunk)
        : base(nameof(ResidualBlock))
    {
        _preActivation = trunk.PreActivation;
        var (middle, output) = (stage.Middle, stage.Width);
        if (project) _shortcut = new Shortcut(input, output, stride, trunk);
        (_norm1, _norm2, _norm3) =
            (Norm(_preActivation ? input : middle), Norm(middle), Norm(_preActivation ? middle : output));
        _narrow = new StandardizedConvolution(input, middle, 1, 1, trunk);
        _across = new StandardizedConvolution(middle, middle, 3, stride, trunk);
        _widen = new StandardizedConvolution(middle, output, 1, 1, trunk);
        RegisterComponents();

        GroupNorm Norm(int channels) => nn.GroupNorm(trunk.Groups, channels, trunk.NormEpsilon);
    }

    /// <param name="map">Feature map, shape [B, input, H, W].</param>
    /// <returns>Shape [B, output, ⌈H / stride⌉, ⌈W / stride⌉].</returns>
    public override Tensor forward(Tensor map)
    {
        using var scope = NewDisposeScope();
        return (_preActivation ? ActivateFirst(map) : ActivateLast(map)).MoveToOuterDisposeScope();
    }

    private Tensor ActivateFirst(Tensor map)
    {
        var active = _norm1.forward(map).relu();
        var shortcut = _shortcut is null ? map : _shortcut.forward(active);
        var branch = _across.forward(_norm2.forward(_narrow.forward(active)).relu());
        return _widen.forward(_norm3.forward(branch).relu()) + shortcut;
    }

    private Tensor ActivateLast(Tensor map)
    {
        var shortcut = _shortcut is null ? map : _shortcut.forward(map);
        var branch = _norm1.forward(_narrow.forward(map)).relu();
        branch = _norm2.forward(_across.forward(branch)).relu();
        return (_norm3.forward(_widen.forward(branch)) + shortcut).relu();
    }
}

/// <summary>The shortcut of a block that changes the map's size: a 1 x 1 convolution, and a norm where none came
/// before.</summary>
internal sealed class Shortcut : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")]
    private readonly StandardizedConvolution _projection;
    [ComponentName(Name = "norm")]
    private readonly GroupNorm? _norm;

    public Shortcut(int input, int output, int stride, ResNetTrunkConfig trunk) : base(nameof(Shortcut))
    {
        _projection = new StandardizedConvolution(input, output, 1, stride, trunk);
        if (!trunk.PreActivation) _norm = nn.GroupNorm(trunk.Groups, output, trunk.NormEpsilon);
        RegisterComponents();
    }

    /// <param name="map">Feature map, shape [B, input, H, W].</param>
    /// <returns>Shape [B, output, ⌈H / stride⌉, ⌈W / stride⌉].</returns>
    public override Tensor forward(Tensor map)
    {
        using var scope = NewDisposeScope();
        var projected = _projection.forward(map);
        return (_norm is null ? projected : _norm.forward(projected)).MoveToOuterDisposeScope();
    }
}
