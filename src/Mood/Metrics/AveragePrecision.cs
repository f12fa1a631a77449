namespace MoodStream.Mood.Metrics;

/// <summary>
/// Area under the precision-recall curve as average precision (step-wise), with either side positive.
/// </summary>
public static class AveragePrecision
{
    /// <summary>AUPR-out: OOD is positive, large scores are called positive.</summary>
    /// <inheritdoc cref="PrecisionRecallCurve.Of" path="/param[@name='idScores']|/param[@name='oodScores']|/exception"/>
    public static double OodPositive(ReadOnlySpan<double> idScores, ReadOnlySpan<double> oodScores) =>
        PrecisionRecallCurve.Of(idScores, oodScores, PositiveSide.Ood).AveragePrecision;

    /// <summary>AUPR-in: in-distribution is positive, small scores are called positive.</summary>
    /// <inheritdoc cref="PrecisionRecallCurve.Of" path="/param[@name='idScores']|/param[@name='oodScores']|/exception"/>
    public static double IdPositive(ReadOnlySpan<double> idScores, ReadOnlySpan<double> oodScores) =>
        PrecisionRecallCurve.Of(idScores, oodScores, PositiveSide.Id).AveragePrecision;
}
