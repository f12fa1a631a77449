namespace MoodStream.Mood.Calibration;

/// <summary>
/// Beta-binomial(m, a, b): successes among m trials that share one chance drawn from Beta(a, b). So many false alarms
/// fall among m in-distribution images when the threshold was set on an exchangeable calibration set.
/// </summary>
/// <param name="Trials">Number of trials m, at least 0.</param>
/// <param name="A">First shape, above 0.</param>
/// <param name="B">Second shape, above 0.</param>
public readonly record struct BetaBinomialDistribution(int Trials, double A, double B)
{
    /// <summary>Terms below this share of the largest no longer change a sum of doubles.</summary>
    private const double NegligibleShare = 1e-18;

    /// <summary>Mean, m a / (a + b).</summary>
    public double Mean => Trials * (A / (A + B));

    /// <summary>Probability of exactly k.</summary>
    public double Probability(int k) => k < 0 || k > Trials ? 0 : Math.Exp(LogProbability(k));

    /// <summary>Probability of at most k.</summary>
    public double AtMost(int k)
    {
        if (k < 0) return 0;
        if (k >= Trials) return 1;
        return k < Mean ? SumDown(k) : 1 - SumUp(k + 1);
    }

    /// <summary>Probability of at least k.</summary>
    public double AtLeast(int k)
    {
        if (k <= 0) return 1;
        if (k > Trials) return 0;
        return k > Mean ? SumUp(k) : 1 - SumDown(k - 1);
    }

    private double LogProbability(int k) =>
        -Math.Log(Trials + 1.0) - GammaFunction.LogBeta(k + 1.0, Trials - k + 1.0)
        + GammaFunction.LogBeta(k + A, Trials - k + B) - GammaFunction.LogBeta(A, B);

    private double SumDown(int from)
    {
        double term = Probability(from), sum = 0, largest = 0;
        for (var k = from; k >= 0 && Counts(term, ref largest); k--)
        {
            sum += term;
            term *= k / (Trials - k + 1.0) * ((Trials - k + B) / (k - 1 + A));
        }
        return Math.Min(sum, 1);
    }

    private double SumUp(int from)
    {
        double term = Probability(from), sum = 0, largest = 0;
        for (var k = from; k <= Trials && Counts(term, ref largest); k++)
        {
            sum += term;
            term *= (Trials - k) / (k + 1.0) * ((k + A) / (Trials - k - 1 + B));
        }
        return Math.Min(sum, 1);
    }

    private static bool Counts(double term, ref double largest)
    {
        largest = Math.Max(largest, term);
        return term > largest * NegligibleShare;
    }
}
