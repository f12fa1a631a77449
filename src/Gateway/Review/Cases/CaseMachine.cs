using System.Security.Cryptography;
using System.Text;
using MoodStream.Contracts;

namespace MoodStream.Gateway.Review.Cases;

/// <summary>Who acts on a case.</summary>
/// <param name="Name">The reviewer.</param>
/// <param name="Senior">Whether a senior.</param>
internal readonly record struct CaseActor(string Name, bool Senior);

/// <summary>
/// The rules of a review case: opened → claimed → decided | released | expired → open again → … → escalated. Pure: every method takes a
/// case and the time, and gives the next case or a refusal; who stores it sees to it that nobody else stored another meanwhile.
/// </summary>
internal static class CaseMachine
{
    /// <summary>Who acts where no person does.</summary>
    public const string Product = "moodstream";

    /// <summary>Id of the case of an image: the same for every delivery; 32 hexadecimal digits.</summary>
    public static string IdOf(string gate, string imageId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{gate}\n{imageId}")))[..32];

    /// <summary>A new case.</summary>
    public static CaseStep Open(ImageScored scored, string position, int quorum, bool auditSample, DateTimeOffset now, string? trace = null) => new(
        new()
        {
            CaseId = IdOf(scored.Gate, scored.ImageId),
            Gate = scored.Gate,
            Scored = scored,
            AuditSample = auditSample,
            OpenedAt = now,
            Quorum = quorum,
            Position = position,
            Trace = trace,
        },
        Event: CaseEvents.Opened, Actor: Product, Detail: $"image {scored.ImageId} of {scored.Source}");

    /// <summary>A reviewer takes the case. Claiming again what one has gives the same lease.</summary>
    public static CaseStep Claim(ReviewCase its, CaseActor actor, TimeSpan lease, DateTimeOffset now)
    {
        if (its.State == CaseState.Decided) return CaseFault.AlreadyDecided;
        if (its.Lease is { } held && held.EndsAt > now)
            return held.Reviewer == actor.Name ? new CaseStep(its) : CaseFault.Taken;
        if (its.SeniorOnly && !actor.Senior) return CaseFault.SeniorOnly;
        if (its.Votes.Any(v => v.Reviewer == actor.Name)) return CaseFault.AlreadyVoted;
        var token = its.LastToken + 1;
        return Next(its with
        {
            State = CaseState.Claimed,
            LastToken = token,
            Lease = new(actor.Name, token, now, now + lease),
        }, CaseEvents.Claimed, actor.Name, $"token {token}");
    }

    /// <summary>The reviewer is still there: the lease ends later.</summary>
    public static CaseStep Extend(ReviewCase its, CaseActor actor, long token, TimeSpan lease, DateTimeOffset now) =>
        Holds(its, actor, token, now)
            ? Next(its with { Lease = its.Lease! with { EndsAt = now + lease } }, CaseEvents.Extended, actor.Name, $"token {token}")
            : Lost(its);

    /// <summary>The reviewer says what the image is. The same word under the same token again changes nothing.</summary>
    public static CaseStep Decide(ReviewCase its, CaseActor actor, long token, Choice choice, DateTimeOffset now)
    {
        if (its.Votes.Any(v => v.Reviewer == actor.Name && v.Token == token && v.Choice == choice)) return new(its);
        if (!Holds(its, actor, token, now)) return Lost(its);
        var seconds = (now - its.Lease!.ClaimedAt).TotalSeconds;
        var vote = new Vote(actor.Name, token, choice, now, seconds, actor.Senior && its.SeniorOnly);
        var after = its with { Lease = null, Votes = [.. its.Votes, vote] };
        if (vote.Senior || Agree(after)) return Close(after, vote);
        // Blind reviewers who do not agree are not asked again: a senior decides.
        return after.Votes.Count >= its.Quorum
            ? Next(after with { State = CaseState.Escalated, SeniorOnly = true }, CaseEvents.Escalated, actor.Name, "reviewers do not agree")
            : Next(after with { State = CaseState.Open }, CaseEvents.Voted, actor.Name, $"vote {after.Votes.Count} of {its.Quorum}");
    }

    /// <summary>The reviewer puts the case back.</summary>
    public static CaseStep Release(ReviewCase its, CaseActor actor, long token, DateTimeOffset now) =>
        Holds(its, actor, token, now) ? Next(Waiting(its), CaseEvents.Released, actor.Name, $"token {token}") : Lost(its);

    /// <summary>The lease has ended without a word; nothing happens where it has not.</summary>
    public static CaseStep Expire(ReviewCase its, DateTimeOffset now) =>
        its.Lease is { } lease && lease.EndsAt <= now
            ? Next(Waiting(its), CaseEvents.Expired, Product, $"token {lease.Token} of {lease.Reviewer}")
            : new(its);

    /// <summary>The reviewer hands the case to a senior.</summary>
    public static CaseStep Escalate(ReviewCase its, CaseActor actor, long token, DateTimeOffset now) =>
        Holds(its, actor, token, now)
            ? Next(Waiting(its with { SeniorOnly = true }), CaseEvents.Escalated, actor.Name, "asked for")
            : Lost(its);

    /// <summary>The case has waited for longer than its service time; nothing happens where it is not waiting.</summary>
    public static CaseStep Overdue(ReviewCase its, TimeSpan serviceTime, DateTimeOffset now) =>
        its.State == CaseState.Open && its.OpenedAt + serviceTime <= now
            ? Next(Waiting(its with { SeniorOnly = true }), CaseEvents.Escalated, Product, "its service time is over")
            : new(its);

    /// <summary>The reviewer takes back what he or she decided a moment ago; the case is theirs again under a new token.</summary>
    public static CaseStep Undo(ReviewCase its, CaseActor actor, TimeSpan grace, TimeSpan lease, DateTimeOffset now)
    {
        if (its.Decision is not { } last || last.Reviewer != actor.Name || now > last.At + grace) return CaseFault.NothingToUndo;
        var token = its.LastToken + 1;
        return Next(its with
        {
            State = CaseState.Claimed,
            LastToken = token,
            Lease = new(actor.Name, token, now, now + lease),
            Votes = [.. its.Votes.Where(v => v != last)],
            Decision = null,
            Revision = its.Revision + 1,
        }, CaseEvents.Undone, actor.Name, $"token {token}", DecisionKind.Recall);
    }

    /// <summary>A senior takes a decision back, however old; the case waits for reviewers again.</summary>
    public static CaseStep Recall(ReviewCase its, CaseActor actor)
    {
        if (!actor.Senior) return CaseFault.SeniorOnly;
        if (its.Decision is null) return CaseFault.NothingToUndo;
        return Next(
            Waiting(its with { Votes = [], Decision = null, SeniorOnly = false, Revision = its.Revision + 1 }),
            CaseEvents.Recalled, actor.Name, null, DecisionKind.Recall);
    }

    /// <summary>A senior replaces a decision by another.</summary>
    public static CaseStep Correct(ReviewCase its, CaseActor actor, Choice choice, DateTimeOffset now)
    {
        if (!actor.Senior) return CaseFault.SeniorOnly;
        if (its.Decision is not { } last) return CaseFault.NothingToUndo;
        if (last.Choice == choice) return new(its);
        var vote = new Vote(actor.Name, its.LastToken, choice, now, 0, true);
        return Next(its with { Decision = vote, Votes = [.. its.Votes, vote], Revision = its.Revision + 1 },
            CaseEvents.Corrected, actor.Name, $"{last.Choice.Verdict} to {choice.Verdict}", DecisionKind.Correction);
    }

    private static CaseStep Close(ReviewCase its, Vote vote) => Next(
        its with { State = CaseState.Decided, Decision = vote, Revision = its.Revision + 1 },
        CaseEvents.Decided, vote.Reviewer, $"{vote.Choice.Verdict}",
        its.Revision == 0 ? DecisionKind.Decision : DecisionKind.Correction);

    private static bool Agree(ReviewCase its) =>
        its.Votes.Count >= its.Quorum && its.Votes.All(v => v.Choice.Verdict == its.Votes[0].Choice.Verdict);

    private static bool Holds(ReviewCase its, CaseActor actor, long token, DateTimeOffset now) =>
        its.Lease is { } lease && lease.Reviewer == actor.Name && lease.Token == token && lease.EndsAt > now;

    private static CaseFault Lost(ReviewCase its) => its.State == CaseState.Decided ? CaseFault.AlreadyDecided : CaseFault.StaleToken;

    private static ReviewCase Waiting(ReviewCase its) =>
        its with { State = its.SeniorOnly ? CaseState.Escalated : CaseState.Open, Lease = null };

    private static CaseStep Next(ReviewCase after, string what, string actor, string? detail, DecisionKind? record = null) =>
        new(after with { Version = after.Version + 1 }, null, what, actor, record, detail);
}
