namespace MoodStream.Bench.Soak;

/// <summary>A straight line through points by least squares.</summary>
/// <param name="Mean">Mean of the values.</param>
/// <param name="Slope">Change of the value for each unit of time.</param>
/// <param name="Span">Time from the first point to the last.</param>
internal readonly record struct LinearTrend(double Mean, double Slope, double Span)
{
    /// <summary>Change along the line from the first point to the last.</summary>
    public double Change => Slope * Span;

    /// <summary>The line through points at different times.</summary>
    /// <exception cref="ArgumentException">There are fewer than two times.</exception>
    public static LinearTrend Of(IReadOnlyList<double> times, IReadOnlyList<double> values)
    {
        var (meanTime, mean) = (times.Average(), values.Average());
        var spread = times.Sum(t => (t - meanTime) * (t - meanTime));
        if (spread == 0) throw new ArgumentException("A line needs points at two times at least.", nameof(times));
        return new(mean, times.Zip(values, (t, v) => (t - meanTime) * (v - mean)).Sum() / spread, times.Max() - times.Min());
    }
}
