namespace MoodStream.Mood.Calibration;

/// <summary>
/// Turns marginal conformal p-values into calibration-conditional ones by the generalised Simes sequence: with the
/// confidence 1 − delta over calibration sets, they are valid for the one calibration set at hand.
/// </summary>
/// <remarks>
/// Source: Bates et al. 2023, "Testing for outliers with conformal p-values", section 3.2, k = n / 2, arXiv:2104.08279.
/// Differs: the index of p = j / (n + 1) is n + 1 − j exactly, where the published program can round one too low.
/// </remarks>
public sealed class SimesCorrection
{
    private readonly double[] _sequence;

    /// <summary>Prepares the sequence a_1 .. a_n.</summary>
    /// <param name="calibrationSize">Calibration scores n, at least 2.</param>
    /// <param name="delta">Chance over calibration sets that the correction fails, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public SimesCorrection(int calibrationSize, double delta)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(calibrationSize, 2);
        Probability.RequireInside(delta, nameof(delta));
        _sequence = new double[calibrationSize + 1];
        var k = calibrationSize / 2;
        var logs = new double[calibrationSize + 1];                              // logs[i] = ln 1 + … + ln i
        for (var i = 1; i <= calibrationSize; i++) logs[i] = logs[i - 1] + Math.Log(i);
        var last = logs[calibrationSize] - logs[calibrationSize - k];
        for (var i = k; i <= calibrationSize; i++)
            _sequence[i] = Math.Exp((Math.Log(delta) + logs[i] - logs[i - k] - last) / k);
    }

    /// <summary>The sequence a_1 .. a_n, rising; the first are 0.</summary>
    public ReadOnlySpan<double> Sequence => _sequence.AsSpan(1);

    /// <summary>
    /// The conditional p-value of an image that j − 1 of the n calibration scores reach, so that its marginal one is j
    /// / (n + 1).
    /// </summary>
    /// <param name="j">In [1, n + 1].</param>
    public double OfRank(int j) => 1 - _sequence[Math.Max(1, _sequence.Length - j)];

    /// <summary>The conditional p-value of any marginal p-value, by the index floor((n + 1)(1 − p)).</summary>
    /// <param name="p">Marginal p-value, in [0, 1].</param>
    public double Of(double p) =>
        1 - _sequence[Math.Clamp((int)Math.Floor(_sequence.Length * (1 - p)), 1, _sequence.Length - 1)];
}
