namespace MoodStream.Mood.Vision;

/// <summary>Resampling of one axis as a matrix: output = weights · input, shape [out, in], row-major, float64.</summary>
/// <remarks>
/// A separable resize of a table is then two matrix products, whatever its algorithm. Thread-safety: pure.
/// Source: PyTorch <c>upsample_bicubic2d</c>, <c>upsample_bilinear2d</c> and their antialiased forms, as documented for
/// <c>torch.nn.functional.interpolate</c> with <c>align_corners=False</c>; R. Keys 1981 (cubic convolution).
/// </remarks>
internal static class AxisWeights
{
    /// <summary>Keys' parameter of the cubic that looks at four neighbours.</summary>
    private const double CubicOfNeighbours = -0.75;

    /// <summary>Keys' parameter of the cubic that is widened against aliasing.</summary>
    private const double CubicAntialiased = -0.5;

    /// <summary>Four neighbours, the edge repeated; no antialiasing.</summary>
    /// <param name="inputSize">Cells of the input.</param>
    /// <param name="outputSize">Cells of the output.</param>
    /// <param name="scale">Input cells for each output cell; null: by the two sizes.</param>
    public static double[,] Bicubic(int inputSize, int outputSize, double? scale = null)
    {
        var (weights, step) = (new double[outputSize, inputSize], scale ?? (double)inputSize / outputSize);
        for (var i = 0; i < outputSize; i++)
        {
            var place = (i + 0.5) * step - 0.5;
            var left = (int)Math.Floor(place);
            for (var tap = -1; tap <= 2; tap++)
                weights[i, Math.Clamp(left + tap, 0, inputSize - 1)] += Cubic(place - (left + tap), CubicOfNeighbours);
        }
        return weights;
    }

    /// <summary>Two neighbours, the edge repeated; no antialiasing.</summary>
    public static double[,] Bilinear(int inputSize, int outputSize)
    {
        var (weights, step) = (new double[outputSize, inputSize], (double)inputSize / outputSize);
        for (var i = 0; i < outputSize; i++)
        {
            var place = Math.Max(0, (i + 0.5) * step - 0.5);
            var left = Math.Min((int)place, inputSize - 1);
            weights[i, left] += 1 - (place - left);
            weights[i, Math.Min(left + 1, inputSize - 1)] += place - left;
        }
        return weights;
    }

    /// <summary>Cubic widened by the scale where the axis shrinks, cut off and normalised at the edges.</summary>
    public static double[,] BicubicAntialiased(int inputSize, int outputSize)
    {
        var (weights, scale) = (new double[outputSize, inputSize], (double)inputSize / outputSize);
        var stretch = Math.Max(scale, 1);
        var support = 2 * stretch;
        for (var i = 0; i < outputSize; i++)
        {
            var centre = (i + 0.5) * scale;
            var first = Math.Max((int)(centre - support + 0.5), 0);
            var end = Math.Min((int)(centre + support + 0.5), inputSize);
            var sum = 0.0;
            for (var j = first; j < end; j++)
                sum += weights[i, j] = Cubic((j - centre + 0.5) / stretch, CubicAntialiased);
            for (var j = first; j < end; j++) weights[i, j] /= sum;
        }
        return weights;
    }

    private static double Cubic(double distance, double a)
    {
        var x = Math.Abs(distance);
        if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
    }
}
