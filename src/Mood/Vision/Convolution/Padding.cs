using TorchSharp;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Convolution;

/// <summary>How a convolution or a pooling is padded where the input has no pixels.</summary>
public enum ConvolutionPadding
{
    /// <summary>Half a kernel on each side (BiT).</summary>
    Symmetric,

    /// <summary>As much as gives ⌈size / stride⌉ cells, the odd cell at the far side (TensorFlow, the ViT
    /// hybrids).</summary>
    Same,
}

/// <summary>Pads feature maps.</summary>
/// <remarks>Source of both rules: Kolesnikov et al. 2020, "Big Transfer", released code; TensorFlow, "SAME" padding.
/// Pure.</remarks>
internal static class Padding
{
    /// <summary>Pads for a kernel so that ⌈size / stride⌉ cells follow in each direction.</summary>
    /// <param name="map">Feature map, shape [B, C, H, W].</param>
    /// <param name="kernel">Side of the kernel, odd.</param>
    /// <param name="stride">Stride in both directions.</param>
    /// <param name="how">The rule.</param>
    /// <param name="fill">Value of the cells added.</param>
    /// <returns>The map itself where nothing is added; otherwise of the current dispose scope.</returns>
    public static Tensor Apply(Tensor map, int kernel, int stride, ConvolutionPadding how, double fill)
    {
        var (top, bottom) = Sides(map.shape[2], kernel, stride, how);
        var (left, right) = Sides(map.shape[3], kernel, stride, how);
        return top + bottom + left + right == 0 ? map
            : nn.functional.pad(map, [left, right, top, bottom], PaddingModes.Constant, fill);
    }

    private static (long Near, long Far) Sides(long size, int kernel, int stride, ConvolutionPadding how)
    {
        if (how == ConvolutionPadding.Symmetric) return ((kernel - 1) / 2, (kernel - 1) / 2);
        var cells = (size + stride - 1) / stride;
        var missing = Math.Max((cells - 1) * stride + kernel - size, 0);
        return (missing / 2, missing - missing / 2);
    }
}
