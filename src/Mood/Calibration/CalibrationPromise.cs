namespace MoodStream.Mood.Calibration;

/// <summary>
/// What a threshold promises about false alarms: on average over calibration sets (marginal), or for the one set at hand
/// with a confidence (PAC, probably approximately correct).
/// </summary>
/// <remarks>
/// Source: Vovk 2012, "Conditional validity of inductive conformal predictors", proposition 2a, for both: the realised
/// rate of the k-th smallest of n scores is Beta(n + 1 − k, k).
/// </remarks>
public sealed record CalibrationPromise
{
    /// <summary>The confidence where a PAC promise names none.</summary>
    public const double UsualConfidence = 0.95;

    /// <summary>Makes a promise.</summary>
    /// <param name="falseAlarmRate">Promised rate a, in (0, 1).</param>
    /// <param name="confidence">Probability over calibration sets that the realised rate is at most a, in (0, 1); null
    /// for the marginal promise, that it is a on average.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public CalibrationPromise(double falseAlarmRate, double? confidence = null)
    {
        Probability.RequireInside(falseAlarmRate, nameof(falseAlarmRate));
        if (confidence is { } c) Probability.RequireInside(c, nameof(confidence));
        (FalseAlarmRate, Confidence) = (falseAlarmRate, confidence);
    }

    /// <summary>Promised rate a, in (0, 1).</summary>
    public double FalseAlarmRate { get; }

    /// <summary>Confidence of a PAC promise, in (0, 1); null for a marginal one.</summary>
    public double? Confidence { get; }

    /// <summary>Fewest calibration scores that support the promise.</summary>
    public int MinimumSize => Confidence is { } c
        ? ConformalThreshold.PacMinimumSize(FalseAlarmRate, 1 - c)
        : ConformalThreshold.MinimumSize(FalseAlarmRate);

    /// <summary>Smallest rate that n calibration scores support.</summary>
    /// <param name="calibrationSize">Calibration scores n, at least 1.</param>
    public double SmallestRate(int calibrationSize) =>
        Confidence is { } c ? 1 - Math.Pow(1 - c, 1.0 / calibrationSize) : 1 / (calibrationSize + 1.0);

    /// <summary>
    /// Rank k, from 1, of the threshold among n sorted calibration scores; null where n does not support the promise.
    /// </summary>
    /// <param name="calibrationSize">Calibration scores n, at least 1.</param>
    public int? Rank(int calibrationSize)
    {
        if (Confidence is { } c) return ConformalThreshold.PacRank(FalseAlarmRate, 1 - c, calibrationSize);
        var allowed = ConformalThreshold.AllowedAlarms(FalseAlarmRate, calibrationSize);
        return allowed > 0 ? calibrationSize + 1 - allowed : null;
    }

    /// <summary>How the realised rate varies over sets of n calibration scores: Beta(n + 1 − k, k).</summary>
    /// <param name="calibrationSize">Calibration scores n, at least 1.</param>
    /// <exception cref="CalibrationTooSmallException">n does not support the promise.</exception>
    public BetaDistribution RealisedRate(int calibrationSize)
    {
        var rank = RequireRank(calibrationSize);
        return new BetaDistribution(calibrationSize + 1 - rank, rank);
    }

    /// <summary>The rank, or a refusal.</summary>
    /// <param name="calibrationSize">Calibration scores n, at least 1.</param>
    /// <param name="advice">What else to say in a refusal; null for nothing.</param>
    /// <exception cref="CalibrationTooSmallException">n does not support the promise; the message says how many
    /// would.</exception>
    public int RequireRank(int calibrationSize, string? advice = null) =>
        Rank(calibrationSize) ?? throw new CalibrationTooSmallException(
            FalseAlarmRate, calibrationSize, MinimumSize, SmallestRate(calibrationSize), advice, Confidence);
}
