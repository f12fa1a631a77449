using MoodStream.Mood.Metrics;

namespace MoodStream.Mood.Evaluation;

/// <summary>The metrics of every table; means of them where a row is a mean.</summary>
/// <param name="Auroc">AUROC, ties half; 0.5 is chance.</param>
/// <param name="FprAt95Tpr">Share of OOD images accepted when 95 % of ID images are
/// (<see cref="FprConvention.IdPositive"/>); 0 is best.</param>
/// <param name="FprAt95TprOodPositive">Share of ID images flagged when 95 % of OOD images are caught
/// (<see cref="FprConvention.OodPositive"/>); 0 is best.</param>
/// <param name="AuprIn">Average precision with ID positive.</param>
/// <param name="AuprOut">Average precision with OOD positive.</param>
public sealed record EvaluationMetrics(
    double Auroc, double FprAt95Tpr, double FprAt95TprOodPositive, double AuprIn, double AuprOut)
{
    internal static EvaluationMetrics Of(double[] id, double[] ood)
    {
        var metrics = DetectionMetrics.Of(id, ood);
        return new EvaluationMetrics(
            metrics.Auroc, metrics.FprAt95Tpr, FprAtTpr.Of(id, ood, convention: FprConvention.OodPositive),
            metrics.AuprIn, metrics.AuprOut);
    }

    /// <summary>The mean of each metric.</summary>
    internal static EvaluationMetrics MeanOf(IReadOnlyCollection<EvaluationMetrics> parts) => new(
        parts.Average(p => p.Auroc), parts.Average(p => p.FprAt95Tpr), parts.Average(p => p.FprAt95TprOodPositive),
        parts.Average(p => p.AuprIn), parts.Average(p => p.AuprOut));
}

/// <summary>Result of one detector on one OOD set, or on several of a trial together.</summary>
/// <param name="Trial">Name of the trial.</param>
/// <param name="Ood">Name of the OOD set or sets.</param>
/// <param name="Detector">Name of the detector.</param>
/// <param name="Metrics">The numbers.</param>
/// <param name="IdCount">Number of in-distribution test images.</param>
/// <param name="OodCount">Number of out-of-distribution images.</param>
public sealed record EvaluatedRow(
    string Trial, string Ood, string Detector, EvaluationMetrics Metrics, int IdCount, int OodCount)
{
    /// <summary>The class that is in-distribution, where it is one.</summary>
    public int? Class { get; init; }

    /// <summary>Names of the classes that were held out as OOD; empty where none were.</summary>
    public IReadOnlyList<string> HeldOut { get; init; } = [];

    /// <summary>Bootstrap interval of the AUROC; null if none was asked for.</summary>
    public Interval? AurocInterval { get; init; }
}

/// <summary>Result of one detector over all rows.</summary>
/// <param name="Detector">Name of the detector.</param>
/// <param name="Metrics">Means over the rows.</param>
/// <param name="AurocInterval">Bootstrap interval of the mean AUROC; null if none was asked for.</param>
/// <param name="Over">What each of the rows has as its OOD set or sets, by name.</param>
public sealed record EvaluatedMean(
    string Detector, EvaluationMetrics Metrics, Interval? AurocInterval, IReadOnlyList<string> Over);

/// <summary>Turns scores into rows.</summary>
internal static class EvaluationRows
{
    /// <summary>The rows of one detector in one trial, with the AUROC of each resample; [0] without a
    /// bootstrap.</summary>
    public static IEnumerable<(EvaluatedRow Row, double[] Resampled)> Of(TrialScores scores, Bootstrap? bootstrap)
    {
        var id = new SetScores(scores.Trial.IdTest.Name, scores.Id);
        var parts = scores.Oods.Select(o => (
            Name: o.Set, o.Scores.Length, Metrics: EvaluationMetrics.Of(scores.Id, o.Scores),
            Resampled: bootstrap?.Aurocs(id, o) ?? [])).ToArray();
        if (scores.Trial.MeanOver is not { } together)
            return parts.Select(p => (RowOf(scores, p.Name, p.Length, p.Metrics, p.Resampled), p.Resampled));
        var mean = MeanOf([.. parts.Select(p => p.Resampled)]);
        var metrics = EvaluationMetrics.MeanOf([.. parts.Select(p => p.Metrics)]);
        return [(RowOf(scores, together, parts.Sum(p => p.Length), metrics, mean), mean)];
    }

    /// <summary>The mean over rows of one detector.</summary>
    public static EvaluatedMean MeanOf(string detector, IReadOnlyList<(EvaluatedRow Row, double[] Resampled)> rows) => new(
        detector, EvaluationMetrics.MeanOf([.. rows.Select(r => r.Row.Metrics)]),
        IntervalOf(MeanOf([.. rows.Select(r => r.Resampled)])), [.. rows.Select(r => r.Row.Ood)]);

    private static EvaluatedRow RowOf(
        TrialScores scores, string ood, int oodCount, EvaluationMetrics metrics, double[] resampled) =>
        new(scores.Trial.Name, ood, scores.Detector, metrics, scores.Id.Length, oodCount)
        {
            Class = scores.Trial.Class, HeldOut = scores.Trial.HeldOut, AurocInterval = IntervalOf(resampled),
        };

    private static Interval? IntervalOf(double[] resampled) =>
        resampled.Length == 0 ? null : Bootstrap.IntervalOf(resampled);

    private static double[] MeanOf(IReadOnlyList<double[]> resampled) =>
        [.. Enumerable.Range(0, resampled[0].Length).Select(r => resampled.Average(values => values[r]))];
}
