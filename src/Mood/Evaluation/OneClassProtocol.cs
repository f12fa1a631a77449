using MoodStream.Mood.Detectors;
using MoodStream.Mood.Metrics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Evaluation;

/// <summary>Means of the metrics over several pairs of sets.</summary>
/// <param name="Auroc">Mean AUROC.</param>
/// <param name="FprAt95Tpr">Mean share of OOD images accepted when 95 % of ID images are.</param>
/// <param name="AuprIn">Mean average precision with ID positive.</param>
/// <param name="AuprOut">Mean average precision with OOD positive.</param>
public sealed record MeanMetrics(double Auroc, double FprAt95Tpr, double AuprIn, double AuprOut)
{
    internal static MeanMetrics Of(IReadOnlyCollection<MeanMetrics> parts) => new(
        parts.Average(p => p.Auroc), parts.Average(p => p.FprAt95Tpr), parts.Average(p => p.AuprIn), parts.Average(p => p.AuprOut));

    internal static MeanMetrics Of(IEnumerable<DetectionMetrics> parts) =>
        Of([.. parts.Select(p => new MeanMetrics(p.Auroc, p.FprAt95Tpr, p.AuprIn, p.AuprOut))]);
}

/// <summary>Result of one detector with one class in-distribution.</summary>
/// <param name="Class">The class, from 0.</param>
/// <param name="Detector">Name of the detector.</param>
/// <param name="IdCount">Test images of the class.</param>
/// <param name="OodCount">Test images of all other classes together.</param>
/// <param name="Metrics">Means over the other classes, each against this one.</param>
public sealed record OneClassRow(int Class, string Detector, int IdCount, int OodCount, MeanMetrics Metrics);

/// <summary>Result of one detector over all classes.</summary>
/// <param name="Detector">Name of the detector.</param>
/// <param name="Metrics">Means over the classes.</param>
public sealed record OneClassMean(string Detector, MeanMetrics Metrics);

/// <summary>Results of the one-class protocol.</summary>
/// <param name="Rows">Class by class, detectors in the given order.</param>
/// <param name="Means">One per detector, in the given order.</param>
public sealed record OneClassResult(IReadOnlyList<OneClassRow> Rows, IReadOnlyList<OneClassMean> Means);

/// <summary>
/// The paper's one-class protocol: each class in turn is in-distribution; its test images stand against those of every
/// other class separately; the mean over the other classes, then over the classes.
/// </summary>
/// <remarks>
/// Source: Li et al. 2023, "Rethinking Out-of-distribution (OOD) Detection", section 4, and its release. Differs:
/// nothing.
/// </remarks>
public static class OneClassProtocol
{
    /// <summary>Runs every detector with every class in-distribution.</summary>
    /// <param name="train">Training images with labels 0..K−1, each present, K at least 2.</param>
    /// <param name="test">Test images with the same labels, each present.</param>
    /// <param name="detectors">Detectors, at least one.</param>
    /// <param name="progress">Told after each class and detector; may be null.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="ArgumentException">Labels are missing, there are fewer than two classes, or a class is missing
    /// from a set.</exception>
    /// <exception cref="Statistics.StatisticsException">A detector cannot be fitted, or an image cannot be
    /// scored.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static OneClassResult Run(
        EvaluationSet train,
        EvaluationSet test,
        IReadOnlyList<Detector> detectors,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        long[][] trainRows = RowsByClass(train), testRows = RowsByClass(test);
        if (trainRows.Length != testRows.Length || trainRows.Length < 2)
            throw new ArgumentException($"'{train.Name}' has {trainRows.Length} classes and '{test.Name}' {testRows.Length}; two or more of each are wanted.");
        var rows = new List<OneClassRow>();
        for (var c = 0; c < trainRows.Length; c++)
        {
            foreach (var detector in detectors)
            {
                cancellation.ThrowIfCancellationRequested();
                rows.Add(RunClass(c, detector, train, trainRows[c], test, testRows));
                progress?.Report(new EvaluationProgress(rows.Count, trainRows.Length * detectors.Count, $"{detector}: class {c}"));
            }
        }
        var means = detectors.Select(d => new OneClassMean(d.Name, MeanMetrics.Of([.. rows.Where(r => r.Detector == d.Name).Select(r => r.Metrics)])));
        return new OneClassResult(rows, [.. means]);
    }

    private static OneClassRow RunClass(
        int id, Detector detector, EvaluationSet train, long[] trainRows, EvaluationSet test, long[][] testRows)
    {
        using var scope = NewDisposeScope();
        var inputs = train.Inputs(detector.Input).index_select(0, tensor(trainRows));      // [n, D]
        using var fitted = detector.Fit(inputs);
        var scores = SetScores.Of(fitted, test);
        double[] ScoresOf(int c) => [.. testRows[c].Select(row => scores[row])];
        var idScores = ScoresOf(id);
        var others = Enumerable.Range(0, testRows.Length).Where(c => c != id);
        var metrics = MeanMetrics.Of(others.Select(c => DetectionMetrics.Of(idScores, ScoresOf(c))));
        return new OneClassRow(id, detector.Name, idScores.Length, scores.Length - idScores.Length, metrics);
    }

    private static long[][] RowsByClass(EvaluationSet set)
    {
        if (set.Labels is not { } labels) throw new ArgumentException($"'{set.Name}' has no labels.", nameof(set));
        using var scope = NewDisposeScope();
        var classes = labels.cpu().data<long>().ToArray();
        if (classes.Length == 0 || classes.Min() < 0) throw new ArgumentException($"'{set.Name}' has no or negative labels.", nameof(set));
        var rows = Enumerable.Range(0, (int)classes.Max() + 1).Select(_ => new List<long>()).ToArray();
        for (var i = 0; i < classes.Length; i++) rows[classes[i]].Add(i);
        var empty = Array.FindIndex(rows, r => r.Count == 0);
        return empty < 0 ? [.. rows.Select(r => r.ToArray())] : throw new ArgumentException($"'{set.Name}' has no image of class {empty}.", nameof(set));
    }
}
