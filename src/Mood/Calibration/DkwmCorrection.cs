namespace MoodStream.Mood.Calibration;

/// <summary>
/// Calibration-conditional p-values by the Dvoretzky-Kiefer-Wolfowitz inequality with Massart's constant: simple, loose
/// at small p.
/// </summary>
/// <remarks>
/// Source: Bates et al. 2023, "Testing for outliers with conformal p-values", section 3.1, arXiv:2104.08279.
/// </remarks>
public static class DkwmCorrection
{
    /// <summary>min(1, p + sqrt(ln(2 / delta) / (2 n))).</summary>
    /// <param name="p">Marginal p-value, in [0, 1].</param>
    /// <param name="calibrationSize">Calibration scores n, at least 1.</param>
    /// <param name="delta">Chance over calibration sets that the correction fails, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static double Of(double p, int calibrationSize, double delta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(calibrationSize, 1);
        Probability.RequireInside(delta, nameof(delta));
        return Math.Min(1, p + Math.Sqrt(Math.Log(2 / delta) / (2.0 * calibrationSize)));
    }
}
