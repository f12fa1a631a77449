namespace MoodStream.Bench.Driver;

/// <summary>Figures of one measure over several rounds.</summary>
/// <param name="Low">Smallest.</param>
/// <param name="Median">Median.</param>
/// <param name="High">Largest.</param>
internal readonly record struct Spread(double Low, double Median, double High)
{
    /// <summary>Spread of at least one figure.</summary>
    public static Spread Of(IReadOnlyCollection<double> figures)
    {
        if (figures.Count == 0) throw new ArgumentException("There is no figure.", nameof(figures));
        double[] sorted = [.. figures.Order()];
        return new(sorted[0], (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[^1]);
    }
}
