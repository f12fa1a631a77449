namespace MoodStream.Mood.Calibration;

/// <summary>
/// Beta(a, b): how the realised false-alarm rate of a conformal threshold varies from one calibration set to another.
/// </summary>
/// <param name="A">First shape, above 0.</param>
/// <param name="B">Second shape, above 0.</param>
public readonly record struct BetaDistribution(double A, double B)
{
    private const double FractionTolerance = 1e-16;
    private const int FractionSteps = 10_000;
    private const double SmallestDenominator = 1e-300;

    /// <summary>Mean, a / (a + b).</summary>
    public double Mean => A / (A + B);

    /// <summary>Probability of at most x: the regularised incomplete beta function.</summary>
    /// <param name="x">Where, in [0, 1]; beyond, 0 or 1.</param>
    /// <remarks>Source: Abramowitz and Stegun 1964, 26.5.8, evaluated by Lentz's method. Thread-safety: pure.</remarks>
    public double CumulativeProbability(double x)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        var front = Math.Exp(A * Math.Log(x) + B * Math.Log(1 - x) - GammaFunction.LogBeta(A, B));
        return x < (A + 1) / (A + B + 2)
            ? front * ContinuedFraction(x, A, B) / A
            : 1 - front * ContinuedFraction(1 - x, B, A) / B;
    }

    /// <summary>The x whose cumulative probability is the wanted one, by bisection.</summary>
    /// <param name="probability">Wanted probability, in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1].</exception>
    public double Quantile(double probability)
    {
        if (!(probability is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "The probability is outside [0, 1].");
        var beta = this;
        return Bisection.FirstTrue(0, 1, x => beta.CumulativeProbability(x) >= probability);
    }

    private static double ContinuedFraction(double x, double a, double b)
    {
        double c = 1, d = NotZero(1 - (a + b) * x / (a + 1));
        d = 1 / d;
        var value = d;
        for (var i = 1; i <= FractionSteps; i++)
        {
            var even = i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i));
            (c, d) = (NotZero(1 + even / c), 1 / NotZero(1 + even * d));
            value *= c * d;
            var odd = -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1));
            (c, d) = (NotZero(1 + odd / c), 1 / NotZero(1 + odd * d));
            value *= c * d;
            if (Math.Abs(c * d - 1) <= FractionTolerance) return value;
        }
        return value;
    }

    private static double NotZero(double denominator) =>
        Math.Abs(denominator) < SmallestDenominator ? SmallestDenominator : denominator;
}
