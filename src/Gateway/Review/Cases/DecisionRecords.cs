using MoodStream.Contracts;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Gateway.Review.Cases;

/// <summary>Turns a step into what goes to Kafka.</summary>
internal static class DecisionRecords
{
    /// <summary>The audit event of a step, with the decision record where it makes one.</summary>
    public static OutboxItem ItemOf(ReviewCase? before, CaseStep step, DateTimeOffset now)
    {
        var after = step.After!;
        return new(
            new(now, step.Actor!, step.Event!, after.CaseId, step.Detail),
            step.Record is { } kind ? Of(after, kind, after.Decision ?? before!.Decision!, now) : null,
            step.Record is null ? null : Traces.Current);
    }

    private static ReviewDecided Of(ReviewCase its, DecisionKind kind, Vote vote, DateTimeOffset now) => new()
    {
        Kind = kind,
        CaseId = its.CaseId,
        Revision = its.Revision,
        ImageId = its.Scored.ImageId,
        Gate = its.Gate,
        Source = its.Scored.Source,
        Verdict = vote.Choice.Verdict,
        Class = vote.Choice.Class,
        ReasonCode = vote.Choice.ReasonCode,
        Note = vote.Choice.Note,
        Reviewer = vote.Reviewer,
        DecidedAt = now,
        DurationSeconds = vote.DurationSeconds,
        StatisticsVersion = its.Scored.StatisticsVersion,
        ModelHash = its.Scored.ModelHash,
        PreprocessingHash = its.Scored.PreprocessingHash,
        Feature = its.Scored.Feature,
        AuditSample = its.AuditSample,
    };
}
