namespace MoodStream.Mood.Calibration;

/// <summary>Which of many p-values to act on, so that the expected share of false alarms among them is bounded.</summary>
/// <remarks>
/// Source: Benjamini and Hochberg 1995, "Controlling the False Discovery Rate", section 3.1. Marginal conformal p-values
/// of one calibration set depend on each other positively, under which the bound still holds (Bates et al. 2023, theorem
/// 2, arXiv:2104.08279).
/// </remarks>
public static class BenjaminiHochberg
{
    /// <summary>Adjusted p-values: the smallest level at which each would be acted on.</summary>
    /// <param name="pValues">P-values, each in [0, 1], in any order.</param>
    /// <returns>min over ranks j ≥ i of m p_(j) / j, at most 1; in the order given.</returns>
    /// <exception cref="ArgumentException">One is outside [0, 1].</exception>
    /// <remarks>Cost: O(m log m). Thread-safety: pure.</remarks>
    public static double[] Adjusted(ReadOnlySpan<double> pValues)
    {
        foreach (var p in pValues)
            if (!(p is >= 0 and <= 1)) throw new ArgumentException($"A p-value is {p}, outside [0, 1].", nameof(pValues));
        var sorted = pValues.ToArray();
        var places = Enumerable.Range(0, sorted.Length).ToArray();
        Array.Sort(sorted, places);
        var adjusted = new double[sorted.Length];
        double least = 1;
        for (var rank = sorted.Length; rank >= 1; rank--)
        {
            least = Math.Min(least, sorted[rank - 1] / ((double)rank / sorted.Length));
            adjusted[places[rank - 1]] = least;
        }
        return adjusted;
    }

    /// <summary>Which to act on at a level.</summary>
    /// <param name="pValues">P-values, each in [0, 1], in any order.</param>
    /// <param name="level">Largest expected share q of false alarms among them, in (0, 1).</param>
    /// <returns>One flag for each p-value.</returns>
    /// <exception cref="ArgumentException">A p-value is outside [0, 1].</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level is outside (0, 1).</exception>
    public static bool[] Reject(ReadOnlySpan<double> pValues, double level)
    {
        Probability.RequireInside(level, nameof(level));
        return [.. Adjusted(pValues).Select(p => p <= level)];
    }
}
