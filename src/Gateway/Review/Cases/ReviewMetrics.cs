using MoodStream.Contracts;
using Prometheus;

namespace MoodStream.Gateway.Review.Cases;

/// <summary>Metrics of the review queue; names are spelled here and nowhere else.</summary>
/// <remarks>
/// Labels come from closed sets and from the gates that have cases. The queue is everybody's: each gateway shows the same gauges, so
/// take their maximum; what happened is counted by the gateway it happened at, so take the sum.
/// </remarks>
internal sealed class ReviewMetrics
{
    private const string FromReview = "review", FromAudit = "audit";

    private static readonly (string State, string Order)[] Waiting =
        [("open", CaseIndex.OpenByAge), ("claimed", CaseIndex.Leased), ("escalated", CaseIndex.Escalated)];

    private readonly Gauge _cases, _oldest;
    private readonly Counter _decisions, _takenBack, _agreements;
    private readonly Histogram _turnaround, _votes;

    /// <summary>Creates the metrics in a registry.</summary>
    public ReviewMetrics(IMetricFactory metrics)
    {
        _cases = metrics.CreateGauge("moodstream_gateway_review_cases",
            "Cases that are not decided, by where they stand (open, claimed, escalated).",
            ["gate", "state"]);
        _oldest = metrics.CreateGauge("moodstream_gateway_review_oldest_case_age_seconds",
            "Since the oldest case was opened that waits for a reviewer or a senior; 0 where none waits.",
            ["gate"]);
        _decisions = metrics.CreateCounter("moodstream_gateway_review_decisions_total",
            "Decisions on cases, by how the case came (review, audit: drawn from the accepted) and by verdict; a replaced one counts again.",
            ["gate", "origin", "verdict"]);
        _takenBack = metrics.CreateCounter("moodstream_gateway_review_decisions_taken_back_total",
            "Decisions that were undone, recalled or replaced, by what they had been counted as; what holds is the difference.",
            ["gate", "origin", "verdict"]);
        _agreements = metrics.CreateCounter("moodstream_gateway_review_agreements_total",
            "Cases that several reviewers have judged blindly, by whether their verdicts were the same (agreed, disagreed).",
            ["gate", "outcome"]);
        _turnaround = metrics.CreateHistogram("moodstream_gateway_review_turnaround_seconds",
            "From the opening of a case to its first decision.",
            ["gate"],
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(1, 2, 20) });
        _votes = metrics.CreateHistogram("moodstream_gateway_review_vote_duration_seconds",
            "Time a reviewer had a case before saying what the image is.",
            ["gate"],
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.5, 2, 12) });
    }

    /// <summary>Counts what a step did that was stored.</summary>
    /// <param name="before">The case before it; null where it opened one.</param>
    /// <param name="step">The step.</param>
    public void Stepped(ReviewCase? before, CaseStep step)
    {
        if (before is null || step.After is not { } after) return;
        if (Told(before, after) is { } vote) Voted(after, vote, step.Event == CaseEvents.Escalated);
        if (before.Decision == after.Decision) return;
        if (before.Decision is { } old) Of(_takenBack, before, old.Choice.Verdict).Inc();
        if (after.Decision is not { } made) return;
        Of(_decisions, after, made.Choice.Verdict).Inc();
        if (before.Revision == 0) _turnaround.WithLabels(after.Gate).Observe((made.At - after.OpenedAt).TotalSeconds);
    }

    /// <summary>Shows how a gate's queue stands.</summary>
    /// <param name="gate">Gate.</param>
    /// <param name="counts">Cases by order, of <see cref="CaseIndex.All"/>.</param>
    /// <param name="oldest">Age of the oldest case that waits; zero where none does.</param>
    public void Queue(string gate, IReadOnlyDictionary<string, long> counts, TimeSpan oldest)
    {
        foreach (var (state, order) in Waiting) _cases.WithLabels(gate, state).Set(counts[order]);
        _oldest.WithLabels(gate).Set(oldest.TotalSeconds);
        // A counter that begins at 0 tells its first increase; one that begins at 1 hides it.
        foreach (var verdict in Enum.GetValues<DecisionVerdict>())
            foreach (var origin in new[] { FromReview, FromAudit })
                foreach (var counter in new[] { _decisions, _takenBack })
                    counter.WithLabels(gate, origin, LabelOf(verdict)).Inc(0);
    }

    private void Voted(ReviewCase after, Vote vote, bool escalated)
    {
        _votes.WithLabels(after.Gate).Observe(vote.DurationSeconds);
        if (after.Quorum > 1 && !vote.Senior && (escalated || after.Decision is not null))
            _agreements.WithLabels(after.Gate, escalated ? "disagreed" : "agreed").Inc();
    }

    /// <summary>The vote that a step added; null where it added none, or corrected one without a claim.</summary>
    private static Vote? Told(ReviewCase before, ReviewCase after) =>
        before.Lease is not null && after.Votes.Count > before.Votes.Count ? after.Votes[^1] : null;

    private static string LabelOf(DecisionVerdict verdict) => verdict switch
    {
        DecisionVerdict.InDistribution => "in-distribution",
        DecisionVerdict.OutOfDistribution => "out-of-distribution",
        DecisionVerdict.Unusable => "unusable",
        DecisionVerdict.Unsure => "unsure",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "Not a verdict."),
    };

    private static Counter.Child Of(Counter counter, ReviewCase its, DecisionVerdict verdict) =>
        counter.WithLabels(its.Gate, its.AuditSample ? FromAudit : FromReview, LabelOf(verdict));
}
