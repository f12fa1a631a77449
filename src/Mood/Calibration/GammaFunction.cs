namespace MoodStream.Mood.Calibration;

/// <summary>Logarithm of the gamma function, to which the beta distributions reduce.</summary>
internal static class GammaFunction
{
    /// <summary>From here on the asymptotic series is exact to double precision.</summary>
    private const double SeriesFrom = 12;

    private static readonly double HalfLogTwoPi = 0.5 * Math.Log(2 * Math.PI);

    /// <summary>ln Γ(x) for x above 0.</summary>
    /// <remarks>
    /// Source: Abramowitz and Stegun 1964, 6.1.15 (recurrence) and 6.1.41 (Stirling's series). Error: about 1e-15
    /// relative.
    /// </remarks>
    public static double Log(double x)
    {
        double shift = 0;
        if (x < SeriesFrom)
        {
            double product = 1;
            for (; x < SeriesFrom; x++) product *= x;
            shift = Math.Log(product);
        }
        return (x - 0.5) * Math.Log(x) - x + HalfLogTwoPi + SeriesTail(x) - shift;
    }

    /// <summary>ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b), for a and b above 0.</summary>
    public static double LogBeta(double a, double b) => Log(a) + Log(b) - Log(a + b);

    private static double SeriesTail(double x)
    {
        var r = 1 / (x * x);
        return (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188 - r * 691.0 / 360360))))) / x;
    }
}
