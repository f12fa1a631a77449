using MoodStream.Contracts;

namespace MoodStream.Gateway.Review.Cases;

/// <summary>What a step did, as the audit names it.</summary>
internal static class CaseEvents
{
    public const string Opened = "case-opened";
    public const string Claimed = "case-claimed";
    public const string Extended = "lease-extended";
    public const string Voted = "case-voted";
    public const string Decided = "case-decided";
    public const string Released = "case-released";
    public const string Expired = "lease-expired";
    public const string Escalated = "case-escalated";
    public const string Undone = "decision-undone";
    public const string Recalled = "decision-recalled";
    public const string Corrected = "decision-corrected";
}

/// <summary>Outcome of a step: the case after it, or why it is refused.</summary>
/// <param name="After">The case after the step; the one before where nothing changed (a repeat), null where it is refused.</param>
/// <param name="Fault">Why it is refused.</param>
/// <param name="Event">What happened, one of <see cref="CaseEvents"/>; null where nothing changed.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Record">What goes to the decisions topic; null where nothing does.</param>
/// <param name="Detail">What the audit keeps besides.</param>
internal sealed record CaseStep(
    ReviewCase? After, CaseFault? Fault = null, string? Event = null, string? Actor = null, DecisionKind? Record = null, string? Detail = null)
{
    /// <summary>Whether there is something to store.</summary>
    public bool Changes => Event is not null;

    public static implicit operator CaseStep(CaseFault fault) => new(null, fault);
}
