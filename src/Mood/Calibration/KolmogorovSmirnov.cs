namespace MoodStream.Mood.Calibration;

/// <summary>How far apart two samples are, by their distribution functions.</summary>
/// <param name="Distance">D = sup |F − G|, in [0, 1].</param>
/// <param name="PValue">Approximate probability of at least this much if both come from one distribution.</param>
/// <remarks>
/// Source: Smirnov 1939, "On the estimation of the discrepancy between empirical curves of distribution for two
/// independent samples". The p-value is that of one sample of n m / (n + m) draws, rounded, as SciPy's
/// <c>method="asymp"</c> has it: closer at small sizes than the limit distribution.
/// </remarks>
public readonly record struct KolmogorovSmirnov(double Distance, double PValue)
{
    /// <summary>Compares two samples.</summary>
    /// <param name="reference">One sample; at least one value, no NaN.</param>
    /// <param name="window">The other; at least one value, no NaN.</param>
    /// <exception cref="ArgumentException">A sample is empty or holds a NaN.</exception>
    /// <remarks>Cost: O(n log n), and O((n D)³ log n) for the p-value. Thread-safety: pure.</remarks>
    public static KolmogorovSmirnov Of(ReadOnlySpan<double> reference, ReadOnlySpan<double> window)
    {
        double[] first = Sorted(reference, nameof(reference)), second = Sorted(window, nameof(window));
        double distance = 0;
        int i = 0, j = 0;
        while (i < first.Length && j < second.Length)
        {
            var value = Math.Min(first[i], second[j]);
            while (i < first.Length && first[i] == value) i++;
            while (j < second.Length && second[j] == value) j++;
            distance = Math.Max(distance, Math.Abs((double)i / first.Length - (double)j / second.Length));
        }
        var draws = Math.Round((double)first.Length * second.Length / (first.Length + second.Length));
        return new KolmogorovSmirnov(distance, KolmogorovDistribution.Tail(distance, Math.Max(1, (int)draws)));
    }

    private static double[] Sorted(ReadOnlySpan<double> values, string parameter)
    {
        if (values.IsEmpty) throw new ArgumentException("There is no value.", parameter);
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return double.IsNaN(sorted[0]) ? throw new ArgumentException("A value is NaN.", parameter) : sorted;
    }
}
