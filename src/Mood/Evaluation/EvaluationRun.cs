using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;

namespace MoodStream.Mood.Evaluation;

/// <summary>A detector that has no rows, and why.</summary>
/// <param name="Detector">Name of the detector.</param>
/// <param name="Reason">A sentence that says what is lacking and what to do.</param>
public sealed record SkippedDetector(string Detector, string Reason);

/// <summary>What an evaluation came to.</summary>
/// <param name="Protocol">Name of the protocol.</param>
/// <param name="Rows">Trial by trial, OOD set by OOD set, detectors in the given order.</param>
/// <param name="Means">One for each detector that has rows, in the given order.</param>
/// <param name="Scores">All scores, detector by detector, trial by trial.</param>
/// <param name="Skipped">Detectors without rows.</param>
public sealed record EvaluationOutcome(
    string Protocol,
    IReadOnlyList<EvaluatedRow> Rows,
    IReadOnlyList<EvaluatedMean> Means,
    IReadOnlyList<TrialScores> Scores,
    IReadOnlyList<SkippedDetector> Skipped);

/// <summary>How an evaluation runs.</summary>
public sealed record EvaluationSettings
{
    /// <summary>Whether a detector that cannot be fitted is left out and listed, instead of ending the run.</summary>
    public bool SkipsUnfit { get; init; }

    /// <summary>Resamples for intervals; null for none.</summary>
    public Bootstrap? Bootstrap { get; init; }

    /// <summary>Told after each detector of each trial; may be null.</summary>
    public IProgress<EvaluationProgress>? Progress { get; init; }
}

/// <summary>Runs every detector through every trial of a plan.</summary>
public static class EvaluationRun
{
    /// <summary>Runs it.</summary>
    /// <param name="plan">The trials.</param>
    /// <param name="detectors">Detectors, at least one.</param>
    /// <param name="settings">How.</param>
    /// <param name="cancellation">Stops between two trials.</param>
    /// <exception cref="ArgumentException">A detector needs a classifier, and there is none; unless such are
    /// skipped.</exception>
    /// <exception cref="StatisticsException">A detector cannot be fitted, unless such are skipped; or an image cannot
    /// be scored.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static EvaluationOutcome Of(
        TrialPlan plan, IReadOnlyList<Detector> detectors, EvaluationSettings settings, CancellationToken cancellation = default)
    {
        var scores = new List<TrialScores>();
        var skipped = new List<SkippedDetector>();
        var rows = new List<(EvaluatedRow Row, double[] Resampled)>();
        int done = 0, total = detectors.Count * plan.Trials.Count;
        foreach (var detector in detectors)
        {
            var own = new List<TrialScores>();
            foreach (var trial in plan.Trials)
            {
                cancellation.ThrowIfCancellationRequested();
                var (scored, reason) = Score(trial, detector, settings.SkipsUnfit);
                settings.Progress?.Report(new EvaluationProgress(++done, total, $"{detector}: {trial.Name}"));
                if (scored is not null) own.Add(scored);
                else if (skipped.All(s => s.Detector != detector.Name)) skipped.Add(new(detector.Name, reason!));
            }
            if (skipped.Any(s => s.Detector == detector.Name)) continue;         // all trials or none: means compare alike
            scores.AddRange(own);
            rows.AddRange(own.SelectMany(s => EvaluationRows.Of(s, settings.Bootstrap)));
        }
        foreach (var more in plan.MoreScores(cancellation))
        {
            scores.Add(more);
            rows.AddRange(EvaluationRows.Of(more, settings.Bootstrap));
            settings.Progress?.Report(new EvaluationProgress(done, total, $"{more.Detector}: {more.Trial.Name}"));
        }
        return Gather(plan, (rows, scores, skipped));
    }

    private static (TrialScores? Scores, string? Reason) Score(Trial trial, Detector detector, bool skipsUnfit)
    {
        if (skipsUnfit && detector.Lacks(trial.ClassCount, trial.Classifier) is { } lacking) return (null, lacking);
        try
        {
            return (TrialScores.Of(trial, detector), null);
        }
        catch (StatisticsException e) when (skipsUnfit && e.Fault != StatisticsFault.NotFinite)
        {
            return (null, e.Message);
        }
    }

    private static EvaluationOutcome Gather(
        TrialPlan plan,
        (List<(EvaluatedRow Row, double[] Resampled)> Rows, List<TrialScores> Scores, List<SkippedDetector> Skipped) found)
    {
        var order = found.Rows.Select(r => (r.Row.Trial, r.Row.Ood)).Distinct().ToList();
        var means = found.Rows.GroupBy(r => r.Row.Detector).Select(g => EvaluationRows.MeanOf(g.Key, [.. g]));
        return new EvaluationOutcome(
            plan.Protocol, [.. found.Rows.Select(r => r.Row).OrderBy(r => order.IndexOf((r.Trial, r.Ood)))], [.. means],
            found.Scores, found.Skipped);
    }
}
