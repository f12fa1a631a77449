namespace MoodStream.Mood.Metrics;

/// <summary>The numbers that every table prints for one detector on one pair of sets.</summary>
public sealed record DetectionMetrics
{
    /// <summary>Area under the ROC curve, ties half; 0.5 is chance.</summary>
    public required double Auroc { get; init; }

    /// <summary>
    /// Share of OOD images accepted when 95 % of ID images are accepted (<see cref="FprConvention.IdPositive"/>); 0 is
    /// best.
    /// </summary>
    public required double FprAt95Tpr { get; init; }

    /// <summary>Average precision with ID positive.</summary>
    public required double AuprIn { get; init; }

    /// <summary>Average precision with OOD positive.</summary>
    public required double AuprOut { get; init; }

    /// <summary>Number of in-distribution images.</summary>
    public required int IdCount { get; init; }

    /// <summary>Number of out-of-distribution images.</summary>
    public required int OodCount { get; init; }

    /// <summary>Computes all of them.</summary>
    /// <inheritdoc cref="RocCurve.Of" path="/param|/exception"/>
    public static DetectionMetrics Of(ReadOnlySpan<double> idScores, ReadOnlySpan<double> oodScores) => new()
    {
        Auroc = RocCurve.AurocOf(idScores, oodScores),
        FprAt95Tpr = FprAtTpr.Of(idScores, oodScores),
        AuprIn = AveragePrecision.IdPositive(idScores, oodScores),
        AuprOut = AveragePrecision.OodPositive(idScores, oodScores),
        IdCount = idScores.Length,
        OodCount = oodScores.Length,
    };
}
