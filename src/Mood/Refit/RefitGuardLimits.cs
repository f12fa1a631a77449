namespace MoodStream.Mood.Refit;

/// <summary>What a refit must keep to be published. The defaults are argued for in docs/refit.md.</summary>
public sealed record RefitGuardLimits
{
    /// <summary>Effective images wanted for each feature D, at least 0. Default 1: shrinkage bears no less.</summary>
    public double EffectiveImagesPerFeature { get; init; } = 1;

    /// <summary>Effective images wanted beside that for each class, at least 0. Default 5.</summary>
    public double EffectiveImagesPerClass { get; init; } = 5;

    /// <summary>Smallest share of the features D that the images must span, in [0, 1]. Default one half.</summary>
    public double RankShare { get; init; } = 0.5;

    /// <summary>
    /// Largest condition number of the covariance as it is used, above 1. Default 10⁸: eight of the sixteen digits of a
    /// double are left.
    /// </summary>
    public double Condition { get; init; } = 1e8;

    /// <summary>
    /// Weight of the lightest class over that of an equal share, in [0, 1]. Default 0.05: a class that has all but left
    /// the stream is not fitted anew.
    /// </summary>
    public double ClassBalance { get; init; } = 0.05;

    /// <summary>
    /// Confidence of the interval in which the false-alarm rate on fresh images must lie, in (0, 1). Default 0.999: one
    /// good refit in a thousand is refused.
    /// </summary>
    public double FalseAlarmConfidence { get; init; } = 0.999;

    /// <summary>By how much the AUROC against kept OOD images may fall, in [0, 1]. Default 0.01.</summary>
    public double SeparationTolerance { get; init; } = 0.01;

    /// <summary>
    /// By how much the share of kept OOD images that is caught may fall, in [0, 1]. Default 0.05.
    /// </summary>
    public double DetectionTolerance { get; init; } = 0.05;

    /// <summary>
    /// How far a mean may move from the approved reference, in units of √D whitened standard deviations, above 0: a
    /// typical image lies at 1. Default one quarter.
    /// </summary>
    public double MeanShift { get; init; } = 0.25;

    /// <summary>
    /// How much the logarithm of the determinant may change for each feature, in nats, above 0. Default one half.
    /// </summary>
    public double LogDeterminantShift { get; init; } = 0.5;

    /// <summary>
    /// Largest variance along any direction, over what sampling alone makes of the reference's, above 1. Default 2.
    /// </summary>
    public double Spread { get; init; } = 2;

    /// <summary>Refuses limits outside their ranges, all at once.</summary>
    /// <exception cref="ArgumentException">A limit is outside its range; the message names each.</exception>
    public void Require()
    {
        (string Name, double Value, bool Holds)[] limits =
        [
            (nameof(EffectiveImagesPerFeature), EffectiveImagesPerFeature, EffectiveImagesPerFeature >= 0),
            (nameof(EffectiveImagesPerClass), EffectiveImagesPerClass, EffectiveImagesPerClass >= 0),
            (nameof(RankShare), RankShare, RankShare is >= 0 and <= 1),
            (nameof(Condition), Condition, Condition > 1),
            (nameof(ClassBalance), ClassBalance, ClassBalance is >= 0 and <= 1),
            (nameof(FalseAlarmConfidence), FalseAlarmConfidence, FalseAlarmConfidence is > 0 and < 1),
            (nameof(SeparationTolerance), SeparationTolerance, SeparationTolerance is >= 0 and <= 1),
            (nameof(DetectionTolerance), DetectionTolerance, DetectionTolerance is >= 0 and <= 1),
            (nameof(MeanShift), MeanShift, MeanShift > 0),
            (nameof(LogDeterminantShift), LogDeterminantShift, LogDeterminantShift > 0),
            (nameof(Spread), Spread, Spread > 1),
        ];
        var wrong = limits.Where(l => !l.Holds).Select(l => $"{l.Name} is {l.Value}").ToArray();
        if (wrong.Length > 0) throw new ArgumentException($"Guard limits outside their ranges: {string.Join(", ", wrong)}.");
    }
}
