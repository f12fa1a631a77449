using System.Text.Json.Serialization;
using MoodStream.Contracts;

namespace MoodStream.Gateway.Review.Cases;

/// <summary>Where a case stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CaseState>))]
internal enum CaseState
{
    /// <summary>It waits for a reviewer.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>A reviewer has it, until the lease ends.</summary>
    [JsonStringEnumMemberName("claimed")]
    Claimed,

    /// <summary>It waits for a senior.</summary>
    [JsonStringEnumMemberName("escalated")]
    Escalated,

    /// <summary>It is decided.</summary>
    [JsonStringEnumMemberName("decided")]
    Decided,
}

/// <summary>A case in the hands of one reviewer.</summary>
/// <param name="Reviewer">Who has it.</param>
/// <param name="Token">Fencing token: rises with every claim of the case, so that a late submit is told from a current one.</param>
/// <param name="ClaimedAt">When it was claimed, UTC.</param>
/// <param name="EndsAt">When it goes back to the queue unless a heartbeat comes, UTC.</param>
internal sealed record CaseLease(string Reviewer, long Token, DateTimeOffset ClaimedAt, DateTimeOffset EndsAt);

/// <summary>What one reviewer says.</summary>
/// <param name="Verdict">What the image is.</param>
/// <param name="Class">Class, where one was named.</param>
/// <param name="ReasonCode">Why, out of the configured list.</param>
/// <param name="Note">What was written besides.</param>
internal sealed record Choice(DecisionVerdict Verdict, string? Class = null, string? ReasonCode = null, string? Note = null);

/// <summary>A choice with who made it, when and under which token.</summary>
/// <param name="Reviewer">Who.</param>
/// <param name="Token">Token of the lease it was made under.</param>
/// <param name="Choice">What.</param>
/// <param name="At">When, UTC.</param>
/// <param name="DurationSeconds">Seconds since the claim.</param>
/// <param name="Senior">Whether a senior made it, which ends the case by itself.</param>
internal sealed record Vote(string Reviewer, long Token, Choice Choice, DateTimeOffset At, double DurationSeconds, bool Senior);

/// <summary>One image that waits for people, with all that has happened to it. Immutable: a step gives the next one.</summary>
internal sealed record ReviewCase
{
    /// <summary>Id: derived from gate and image id, so that a redelivered image finds its case.</summary>
    public required string CaseId { get; init; }

    /// <summary>Gate.</summary>
    public required string Gate { get; init; }

    /// <summary>The gate's result, as it was on the topic.</summary>
    public required ImageScored Scored { get; init; }

    /// <summary>Whether the gate accepted the image and it was drawn for audit. Never shown before the decision.</summary>
    public required bool AuditSample { get; init; }

    /// <summary>When the case was opened, UTC.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>Reviewers who must agree, 1 to 3.</summary>
    public required int Quorum { get; init; }

    /// <summary>Topic, partition and offset of the record the case came from.</summary>
    public required string Position { get; init; }

    /// <summary>W3C trace context of the span that opened it, so that its decision belongs to the image's trace; null without one.</summary>
    public string? Trace { get; init; }

    /// <summary>Where it stands.</summary>
    public CaseState State { get; init; }

    /// <summary>Rises by one with every step, from 1.</summary>
    public long Version { get; init; } = 1;

    /// <summary>Last fencing token given out.</summary>
    public long LastToken { get; init; }

    /// <summary>Who has it now; null where nobody has.</summary>
    public CaseLease? Lease { get; init; }

    /// <summary>Whether only a senior may decide.</summary>
    public bool SeniorOnly { get; init; }

    /// <summary>What reviewers have said since it was opened, or opened again.</summary>
    public IReadOnlyList<Vote> Votes { get; init; } = [];

    /// <summary>The vote that closed it; null while it is not decided.</summary>
    public Vote? Decision { get; init; }

    /// <summary>Records of the case that were written to decisions.</summary>
    public long Revision { get; init; }

    /// <summary>How far the score is from the threshold, relative to it; 0 where the image was not scored.</summary>
    [JsonIgnore]
    public double Uncertainty => Scored is { Score: { } score, Threshold: { } threshold } && threshold != 0
        ? Math.Abs(score - threshold) / Math.Abs(threshold)
        : 0;
}
