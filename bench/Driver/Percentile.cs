namespace MoodStream.Bench.Driver;

/// <summary>Percentiles by nearest rank: a figure that was measured, never one between two.</summary>
internal static class Percentile
{
    /// <summary>Smallest figure that at least that share of the figures does not exceed.</summary>
    /// <param name="figures">At least one figure, in any order.</param>
    /// <param name="share">In (0, 1].</param>
    /// <exception cref="ArgumentException">There is no figure.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside (0, 1].</exception>
    public static double Of(IReadOnlyCollection<double> figures, double share)
    {
        if (figures.Count == 0) throw new ArgumentException("There is no figure.", nameof(figures));
        if (share is not (> 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "It lies in (0, 1].");
        // A product such as 0.07 x 100 lies a little above 7.
        var rank = (int)Math.Ceiling(Math.Round(share * figures.Count, 9));
        return figures.Order().ElementAt(rank - 1);
    }
}
