namespace MoodStream.Mood.Localisation;

/// <summary>
/// Which distances the two ends of the colour scale stand for. Taken from held-out in-distribution patches, so that a
/// colour means the same in every image.
/// </summary>
/// <param name="Low">Where the scale starts: the median of the held-out patches.</param>
/// <param name="High">Where it ends: as far out as one held-out patch in a thousand.</param>
public sealed record HeatMapScale(double Low, double High)
{
    /// <summary>Share of the held-out patches below <see cref="Low"/>.</summary>
    public const double LowQuantile = 0.5;

    /// <summary>Share of the held-out patches below <see cref="High"/>.</summary>
    public const double HighQuantile = 0.999;

    /// <summary>The scale of some held-out maps.</summary>
    /// <param name="maps">Values of the patches of held-out images, [n][P]; at least one.</param>
    /// <exception cref="ArgumentException">There is no value, one is not finite, or all are equal.</exception>
    /// <remarks>A quantile q of n values is the ⌈q·n⌉-th smallest.</remarks>
    public static HeatMapScale Of(IEnumerable<IReadOnlyList<double>> maps)
    {
        double[] values = [.. maps.SelectMany(m => m)];
        if (values.Length == 0) throw new ArgumentException(
            "There is no held-out patch to scale the colours by.", nameof(maps));
        if (!Array.TrueForAll(values, double.IsFinite))
            throw new ArgumentException("A held-out patch has a value that is not finite.", nameof(maps));
        Array.Sort(values);
        var scale = new HeatMapScale(Quantile(values, LowQuantile), Quantile(values, HighQuantile));
        return scale.Low < scale.High
            ? scale
            : throw new ArgumentException("All held-out patches have the same value.", nameof(maps));
    }

    /// <summary>Place of a value on the scale, in [0, 1]; values beyond an end stand at it.</summary>
    public double PlaceOf(double value) => Math.Clamp((value - Low) / (High - Low), 0, 1);

    private static double Quantile(double[] sorted, double level) =>
        sorted[Math.Clamp((int)Math.Ceiling(level * sorted.Length) - 1, 0, sorted.Length - 1)];
}
