namespace MoodStream.Mood.Metrics;

/// <summary>
/// False-positive rate at a fixed true-positive rate; in-distribution is the positive class unless said otherwise.
/// </summary>
public static class FprAtTpr
{
    /// <summary>The true-positive rate of every published table.</summary>
    public const double UsualTruePositiveRate = 0.95;

    /// <summary>The false-positive rate; 0 is best, 1 is worst.</summary>
    /// <param name="idScores">OOD scores of in-distribution images; at least one, no NaN.</param>
    /// <param name="oodScores">OOD scores of out-of-distribution images; at least one, no NaN.</param>
    /// <param name="truePositiveRate">Wanted true-positive rate, in (0, 1].</param>
    /// <param name="convention">Which class is positive and how the threshold is placed.</param>
    /// <exception cref="ArgumentException">A side is empty or holds a NaN, or
    /// <see cref="FprConvention.IdPositiveRoundedDown"/> rounds down to no ID score.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside (0, 1], or the convention is none of the
    /// list.</exception>
    /// <remarks>Cost: O(n log n). Thread-safety: pure.</remarks>
    public static double Of(
        ReadOnlySpan<double> idScores,
        ReadOnlySpan<double> oodScores,
        double truePositiveRate = UsualTruePositiveRate,
        FprConvention convention = FprConvention.IdPositive)
    {
        double[] id = ScoreSteps.Sorted(idScores, nameof(idScores)), ood = ScoreSteps.Sorted(oodScores, nameof(oodScores));
        var threshold = Threshold(id, ood, truePositiveRate, convention);
        return convention switch
        {
            FprConvention.OodPositive => ShareAtLeast(id, threshold),
            FprConvention.IdPositiveInterpolated => ShareBelow(ood, threshold),
            _ => ShareAtMost(ood, threshold),
        };
    }

    /// <summary>The score at which a convention places its threshold.</summary>
    /// <inheritdoc cref="Of" path="/param|/exception|/remarks"/>
    public static double ThresholdOf(
        ReadOnlySpan<double> idScores,
        ReadOnlySpan<double> oodScores,
        double truePositiveRate = UsualTruePositiveRate,
        FprConvention convention = FprConvention.IdPositive) => Threshold(
            ScoreSteps.Sorted(idScores, nameof(idScores)),
            ScoreSteps.Sorted(oodScores, nameof(oodScores)),
            truePositiveRate,
            convention);

    private static double Threshold(double[] id, double[] ood, double truePositiveRate, FprConvention convention)
    {
        if (!(truePositiveRate is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(truePositiveRate), truePositiveRate, "The rate is outside (0, 1].");
        return convention switch
        {
            FprConvention.IdPositive => id[FewestFor(truePositiveRate, id.Length) - 1],
            FprConvention.OodPositive => ood[^FewestFor(truePositiveRate, ood.Length)],
            FprConvention.IdPositiveInterpolated => Quantile(id, truePositiveRate),
            FprConvention.IdPositiveRoundedDown => RoundedDown(id, truePositiveRate),
            _ => throw new ArgumentOutOfRangeException(nameof(convention), convention, "Not a convention."),
        };
    }

    /// <summary>
    /// The smallest k with k / n at least the rate, in the arithmetic in which the rates are compared.
    /// </summary>
    private static int FewestFor(double rate, int n)
    {
        var k = Math.Clamp((int)Math.Ceiling(rate * n), 1, n);
        while (k > 1 && (double)(k - 1) / n >= rate) k--;
        while (k < n && (double)k / n < rate) k++;
        return k;
    }

    private static double RoundedDown(double[] id, double rate)
    {
        var k = (int)(rate * id.Length);
        if (k == 0) throw new ArgumentException($"A rate of {rate} of {id.Length} ID scores rounds down to none.", nameof(id));
        return id[k - 1];
    }

    private static double Quantile(double[] sorted, double level)
    {
        var position = level * (sorted.Length - 1);
        var below = (int)position;
        double low = sorted[below], high = sorted[Math.Min(below + 1, sorted.Length - 1)];
        if (low == high) return low;
        var fraction = position - below;
        return fraction < 0.5 ? low + (high - low) * fraction : high - (high - low) * (1 - fraction);
    }

    private static double ShareAtMost(double[] scores, double threshold) => (double)scores.Count(s => s <= threshold) / scores.Length;

    private static double ShareAtLeast(double[] scores, double threshold) => (double)scores.Count(s => s >= threshold) / scores.Length;

    private static double ShareBelow(double[] scores, double threshold) => (double)scores.Count(s => s < threshold) / scores.Length;
}
