using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Convolution;

/// <summary>A convolution without bias whose weights are brought to mean 0 and variance 1 for each output
/// channel.</summary>
/// <remarks>Source: Qiao et al. 2019, "Micro-Batch Training with Batch-Channel Normalization and Weight
/// Standardization", eq. (11) and (12), arXiv:1903.10520.
/// The weights stored are those before standardisation.</remarks>
internal sealed class StandardizedConvolution : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;
    private readonly int _stride;
    private readonly ConvolutionPadding _padding;
    private readonly double _epsilon;

    /// <param name="input">Channels of the input.</param>
    /// <param name="output">Channels of the output.</param>
    /// <param name="kernel">Side of the kernel, odd.</param>
    /// <param name="stride">Stride in both directions.</param>
    /// <param name="trunk">Gives padding and the epsilon of the variance.</param>
    public StandardizedConvolution(int input, int output, int kernel, int stride, ResNetTrunkConfig trunk)
        : base(nameof(StandardizedConvolution))
    {
        (_stride, _padding, _epsilon) = (stride, trunk.Padding, trunk.ConvolutionEpsilon);
        _weight = new Parameter(empty(output, input, kernel, kernel));
        nn.init.kaiming_normal_(_weight);
        RegisterComponents();
    }

    /// <param name="map">Feature map, shape [B, input, H, W].</param>
    /// <returns>Shape [B, output, ⌈H / stride⌉, ⌈W / stride⌉].</returns>
    public override Tensor forward(Tensor map)
    {
        using var scope = NewDisposeScope();
        var rows = _weight.flatten(1);                                                       // [output, fan-in]
        var standard = nn.functional.layer_norm(rows, [rows.shape[1]], null, null, _epsilon).reshape(_weight.shape);
        var padded = Padding.Apply(map, (int)_weight.shape[2], _stride, _padding, fill: 0);
        return nn.functional.conv2d(padded, standard, strides: [_stride, _stride]).MoveToOuterDisposeScope();
    }
}
