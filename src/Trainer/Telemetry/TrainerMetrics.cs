using MoodStream.Contracts;
using MoodStream.Trainer.Accumulation;
using Prometheus;

namespace MoodStream.Trainer.Telemetry;

/// <summary>Metrics of the trainer. Labels come from closed sets: gates are configured, outcomes are listed.</summary>
internal sealed class TrainerMetrics
{
    private readonly Counter _records, _fenced, _refits, _refusals;
    private readonly Histogram _checkpoints, _refitSeconds;

    /// <summary>Creates the metrics in a registry; the same registry gives the same metrics.</summary>
    public TrainerMetrics(CollectorRegistry? registry = null)
    {
        var factory = registry is null ? Metrics.DefaultFactory : Metrics.WithCustomRegistry(registry);
        _records = factory.CreateCounter("moodstream_trainer_records_total", "Records by what became of them (fit, calibration, fresh, ood, held_back, taken_out, repeated, below_guard, other_space, recalled, no_statistics, not_usable, unreadable), counted when they are learned; after a crash some are counted again.", "gate", "outcome");
        _fenced = factory.CreateCounter("moodstream_trainer_fenced_total", "Stores that were refused since the partition had another owner by then.");
        _refits = factory.CreateCounter("moodstream_trainer_refits_total", "Refits that have ended, by how (activated, refused).", "gate", "outcome");
        _refusals = factory.CreateCounter("moodstream_trainer_refit_refusals_total", "Reasons of refused refits: the guards that did not pass, or a reason of the trainer's own; a refit may have several.", "gate", "reason");
        _refitSeconds = factory.CreateHistogram("moodstream_trainer_refit_duration_seconds", "From the request of a refit to its end.", new HistogramConfiguration { LabelNames = ["gate"], Buckets = Histogram.ExponentialBuckets(0.1, 2, 14) });
        _checkpoints = factory.CreateHistogram("moodstream_trainer_checkpoint_duration_seconds", "Time that storing what was learned took.", new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.005, 2, 12) });
    }

    internal void Learned(string gate, LessonOutcome outcome) => _records.WithLabels(gate, LabelOf(outcome)).Inc();

    internal void Fenced() => _fenced.Inc();

    internal void Checkpoint(TimeSpan duration) => _checkpoints.Observe(duration.TotalSeconds);

    internal void RefitEnded(RefitRecord its)
    {
        _refits.WithLabels(its.Gate, its.State == RefitState.Activated ? "activated" : "refused").Inc();
        foreach (var refusal in its.Refusals) _refusals.WithLabels(its.Gate, refusal.Reason).Inc();
        _refitSeconds.WithLabels(its.Gate).Observe((its.EndedAt - its.RequestedAt)?.TotalSeconds ?? 0);
    }

    private static string LabelOf(LessonOutcome outcome) => outcome switch
    {
        LessonOutcome.TakenOut => "taken_out",
        LessonOutcome.BelowGuard => "below_guard",
        LessonOutcome.HeldBack => "held_back",
        LessonOutcome.OtherSpace => "other_space",
        LessonOutcome.NoStatistics => "no_statistics",
        LessonOutcome.NotUsable => "not_usable",
        _ => outcome.ToString().ToLowerInvariant(),
    };
}
