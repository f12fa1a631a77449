using MoodStream.Mood.Detectors;
using MoodStream.Mood.Metrics;

namespace MoodStream.Mood.Evaluation;

/// <summary>Result of one detector on one OOD set.</summary>
/// <param name="Ood">Name of the OOD set.</param>
/// <param name="Detector">Name of the detector.</param>
/// <param name="Metrics">The numbers.</param>
public sealed record MultiClassRow(string Ood, string Detector, DetectionMetrics Metrics);

/// <summary>
/// The paper's multi-class protocol: fit on the whole ID training set, then the whole ID test set against each OOD set.
/// </summary>
/// <remarks>
/// Source: Li et al. 2023, "Rethinking Out-of-distribution (OOD) Detection", section 4. Differs: nothing.
/// </remarks>
public static class MultiClassProtocol
{
    /// <summary>Runs every detector on every OOD set.</summary>
    /// <param name="idTrain">In-distribution images to fit to; labels where detectors are to use them.</param>
    /// <param name="idTest">In-distribution images to test with.</param>
    /// <param name="oods">Out-of-distribution sets, at least one.</param>
    /// <param name="detectors">Detectors, at least one.</param>
    /// <param name="progress">Told after each set scored; may be null.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <returns>Rows, OOD set by OOD set, detectors in the given order.</returns>
    /// <exception cref="Statistics.StatisticsException">A detector cannot be fitted, or an image cannot be
    /// scored.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IReadOnlyList<MultiClassRow> Run(
        EvaluationSet idTrain,
        EvaluationSet idTest,
        IReadOnlyList<EvaluationSet> oods,
        IReadOnlyList<Detector> detectors,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        var rows = new MultiClassRow[oods.Count * detectors.Count];
        int done = 0, total = detectors.Count * (oods.Count + 1);
        for (var d = 0; d < detectors.Count; d++)
        {
            var detector = detectors[d];
            cancellation.ThrowIfCancellationRequested();
            using var fitted = detector.Fit(idTrain.Inputs(detector.Input), idTrain.Labels);
            var idScores = SetScores.Of(fitted, idTest);
            progress?.Report(new EvaluationProgress(++done, total, $"{detector}: {idTest.Name}"));
            for (var o = 0; o < oods.Count; o++)
            {
                cancellation.ThrowIfCancellationRequested();
                var metrics = DetectionMetrics.Of(idScores, SetScores.Of(fitted, oods[o]));
                rows[o * detectors.Count + d] = new MultiClassRow(oods[o].Name, detector.Name, metrics);
                progress?.Report(new EvaluationProgress(++done, total, $"{detector}: {oods[o].Name}"));
            }
        }
        return rows;
    }
}
