namespace MoodStream.Mood.Vision;

/// <summary>One axis of a relative position table on geometric coordinates: near offsets fine, far ones coarse.</summary>
/// <remarks>
/// The table's rows are placed at 0, ±1, ±(1+q), ±(1+q+q²), …, so that its ends meet those of the new table; values are
/// wanted at whole numbers. Places outside the source are moved to its edge.
/// Source: Bao et al. 2022, BEiT's released code, run_class_finetuning.py (cubic); timm, pos_embed_rel.py (linear).
/// Differs: nothing.
/// </remarks>
internal static class GeometricAxis
{
    private const double LeastRatio = 1.01;
    private const double LargestRatio = 1.5;
    private const double RatioPrecision = 1e-6;

    /// <summary>Weights of a piecewise linear curve through the source, shape [out, in].</summary>
    public static double[,] Linear(int inputSize, int outputSize)
    {
        var places = Coordinates(inputSize, outputSize);
        var weights = new double[outputSize, inputSize];
        for (var i = 0; i < outputSize; i++)
        {
            var x = Target(i, outputSize, places);
            var right = Math.Clamp(Array.FindIndex(places, p => p >= x), 0, inputSize - 1);
            var left = Math.Max(0, right - 1);
            var span = places[right] - places[left];
            var share = span > 0 ? (x - places[left]) / span : 1;
            weights[i, left] += 1 - share;
            weights[i, right] += share;
        }
        return weights;
    }

    /// <summary>Weights of a not-a-knot cubic spline through the source, shape [out, in].</summary>
    public static double[,] Cubic(int inputSize, int outputSize)
    {
        var places = Coordinates(inputSize, outputSize);
        double[] targets = [.. Enumerable.Range(0, outputSize).Select(i => Target(i, outputSize, places))];
        return CubicSpline.Weights(places, targets);
    }

    /// <summary>Where the source's rows lie.</summary>
    internal static double[] Coordinates(int inputSize, int outputSize)
    {
        var (half, wanted) = (inputSize / 2, outputSize / 2);
        double low = LeastRatio, high = LargestRatio, ratio = high;
        while (high - low > RatioPrecision)
        {
            ratio = (low + high) / 2;
            if ((1 - Math.Pow(ratio, half)) / (1 - ratio) > wanted) high = ratio;
            else low = ratio;
        }
        var places = new double[inputSize];
        var (place, step) = (0.0, 1.0);
        for (var i = 1; i <= half; i++, step *= ratio)
        {
            place += step;
            (places[half + i], places[half - i]) = (place, -place);
        }
        return places;
    }

    private static double Target(int index, int outputSize, double[] places) =>
        Math.Clamp(index - outputSize / 2, places[0], places[^1]);
}
