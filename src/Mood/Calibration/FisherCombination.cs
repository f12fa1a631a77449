namespace MoodStream.Mood.Calibration;

/// <summary>Fisher's combination of p-values.</summary>
/// <param name="Statistic">−2 Σ ln p.</param>
/// <param name="PValue">Probability of at least this much if all p-values are independent and uniform.</param>
/// <remarks>Source: Fisher 1932, "Statistical Methods for Research Workers", section 21.1.</remarks>
public readonly record struct FisherCombination(double Statistic, double PValue)
{
    /// <summary>Combines p-values.</summary>
    /// <param name="pValues">Independent p-values, at least one, each in (0, 1].</param>
    /// <exception cref="ArgumentException">There is none, or one is outside (0, 1].</exception>
    public static FisherCombination Of(ReadOnlySpan<double> pValues)
    {
        var statistic = StatisticOf(pValues);
        return new FisherCombination(statistic, ChiSquaredTail(statistic, pValues.Length));
    }

    /// <summary>−2 Σ ln p.</summary>
    /// <inheritdoc cref="Of" path="/param|/exception"/>
    public static double StatisticOf(ReadOnlySpan<double> pValues)
    {
        if (pValues.IsEmpty) throw new ArgumentException("There is no p-value.", nameof(pValues));
        double sum = 0;
        foreach (var p in pValues)
        {
            if (!(p is > 0 and <= 1)) throw new ArgumentException($"A p-value is {p}, outside (0, 1].", nameof(pValues));
            sum += Math.Log(p);
        }
        return -2 * sum;
    }

    /// <summary>
    /// Tail of χ² with 2 m degrees of freedom in closed form: exp(−x / 2) Σ_{i &lt; m} (x / 2)^i / i!.
    /// </summary>
    private static double ChiSquaredTail(double x, int m)
    {
        double half = x / 2, term = Math.Exp(-half), sum = term;
        for (var i = 1; i < m; i++) sum += term *= half / i;
        return Math.Min(1, sum);
    }
}
