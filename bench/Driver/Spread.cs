namespace MoodStream.Bench.Driver;

/// <summary>Figures of one measure over several rounds.</summary>
internal sealed class Spread
{
    private Spread(double[] figures)
    {
        double[] sorted = [.. figures.Order()];
        (Figures, Low, High) = (figures, sorted[0], sorted[^1]);
        Median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The figures, in the order of the rounds.</summary>
    public IReadOnlyList<double> Figures { get; }

    /// <summary>Smallest.</summary>
    public double Low { get; }

    /// <summary>Median.</summary>
    public double Median { get; }

    /// <summary>Largest.</summary>
    public double High { get; }

    /// <summary>Spread of at least one figure.</summary>
    public static Spread Of(IEnumerable<double> figures)
    {
        double[] all = [.. figures];
        return all.Length > 0 ? new(all) : throw new ArgumentException("There is no figure.", nameof(figures));
    }
}
