using MoodStream.Contracts;
using MoodStream.Trainer.Settings;

namespace MoodStream.Trainer.Refit;

/// <summary>
/// The rules of a refit: requested → fitted → guarded → published → activated, and refused from anywhere before. Pure: every method takes
/// a refit and the time and gives the next one; who stores it sees to it that nobody else stored another meanwhile.
/// </summary>
internal static class RefitMachine
{
    /// <summary>A new refit.</summary>
    public static RefitRecord Request(string gate, string id, DueRefit due, RefitRecord? last, RefitSettings settings, DateTimeOffset now) => new()
    {
        RefitId = id, Gate = gate, State = RefitState.Requested, Trigger = due.Trigger, Reason = due.Reason, By = due.By, RequestedAt = now,
        Deadline = now + settings.Timeout, Arrivals = last?.Arrivals ?? 0, Revision = (last?.Revision ?? 0) + 1,
    };

    /// <summary>New statistics are fitted; again, where a trainer died before the guards spoke.</summary>
    public static RefitRecord Fitted(RefitRecord its, ActiveParent parent, long arrivals) =>
        Next(Require(its, RefitState.Requested, RefitState.Fitted), RefitState.Fitted) with
        {
            Parent = parent.Version, ParentEpoch = parent.Epoch, Arrivals = arrivals,
        };

    /// <summary>The guards have spoken.</summary>
    public static RefitRecord Guarded(RefitRecord its, IReadOnlyList<GuardResult> guards) =>
        Next(Require(its, RefitState.Fitted), RefitState.Guarded) with { Guards = guards };

    /// <summary>The registry holds the version.</summary>
    public static RefitRecord Published(RefitRecord its, long version) =>
        Next(Require(its, RefitState.Guarded), RefitState.Published) with { Version = version };

    /// <summary>The version is active.</summary>
    public static RefitRecord Activated(RefitRecord its, DateTimeOffset now) =>
        Next(Require(its, RefitState.Published), RefitState.Activated) with { EndedAt = now };

    /// <summary>The active version stays.</summary>
    public static RefitRecord Refused(RefitRecord its, IReadOnlyList<RefitRefusal> refusals, DateTimeOffset now) =>
        its.Ended ? throw Wrong(its) : Next(its, RefitState.Refused) with { Refusals = refusals, EndedAt = now };

    /// <summary>A step failed: it is tried again after a growing wait, and refused after the last try.</summary>
    public static RefitRecord Failed(RefitRecord its, string problem, RefitSettings settings, DateTimeOffset now) =>
        its.Failures >= settings.Retries
            ? Refused(its, [new(RefusalReasons.Failed, $"The step after '{its.State}' failed {its.Failures + 1} times, last with: {problem} Look into the trainer's log.")], now)
            : its with { Failures = its.Failures + 1, NotBefore = now + settings.RetryDelay * Math.Pow(2, its.Failures), Revision = its.Revision + 1 };

    /// <summary>The time is up; nothing happens before.</summary>
    public static RefitRecord? Expired(RefitRecord its, DateTimeOffset now) => its.Ended || now < its.Deadline
        ? null
        : Refused(its, [new(RefusalReasons.TimedOut, $"It was '{its.State}' for too long. Ask for another, or allow more time with Refit:Timeout.")], now);

    /// <summary>Kafka was told of the end.</summary>
    public static RefitRecord Announced(RefitRecord its) =>
        its.Ended ? its with { Announced = true, Revision = its.Revision + 1 } : throw Wrong(its);

    /// <summary>Guards that did not pass, as reasons.</summary>
    public static IReadOnlyList<RefitRefusal> Refusals(IReadOnlyList<GuardResult> guards) =>
        [.. guards.Where(g => !g.Passed).Select(g => new RefitRefusal(g.Name, g.Explanation ?? ""))];

    private static RefitRecord Next(RefitRecord its, RefitState state) =>
        its with { State = state, Failures = 0, NotBefore = null, Revision = its.Revision + 1 };

    private static RefitRecord Require(RefitRecord its, params RefitState[] states) => states.Contains(its.State) ? its : throw Wrong(its);

    private static InvalidOperationException Wrong(RefitRecord its) => new($"Refit {its.RefitId} is {its.State}.");
}

/// <summary>The active version that a refit is fitted beside.</summary>
/// <param name="Version">The version.</param>
/// <param name="Epoch">Epoch of its activation.</param>
internal readonly record struct ActiveParent(long Version, long Epoch);

/// <summary>That a refit is due.</summary>
/// <param name="Trigger">What made it due.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="By">Who.</param>
internal sealed record DueRefit(RefitTrigger Trigger, string Reason, string By)
{
    /// <summary>Who asks where no person does.</summary>
    public const string Trainer = "trainer";

    /// <summary>Who asks where drift was reported.</summary>
    public const string Drift = "drift";

    /// <summary>Whether a refit becomes due by itself.</summary>
    /// <param name="last">The gate's last refit, which has ended; null for none.</param>
    /// <param name="activeSince">When the active version was activated.</param>
    /// <param name="arrivals">Images that have arrived so far.</param>
    /// <param name="settings">When one is due.</param>
    /// <param name="now">The time.</param>
    public static DueRefit? Find(RefitRecord? last, DateTimeOffset activeSince, long arrivals, RefitSettings settings, DateTimeOffset now)
    {
        if (last?.EndedAt + settings.Pause > now) return null;
        if (settings.AfterImages > 0 && arrivals - (last?.Arrivals ?? 0) >= settings.AfterImages)
            return new(RefitTrigger.Count, $"{arrivals - (last?.Arrivals ?? 0):N0} images were learned since the last refit.", Trainer);
        if (settings.MaxAge is { } age && now - activeSince > age)
            return new(RefitTrigger.Age, $"The active version is older than {age}.", Trainer);
        if (settings.DailyAt is not { } at) return null;
        var latest = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + at;
        if (latest > now) latest = latest.AddDays(-1);
        var before = last?.RequestedAt ?? activeSince;
        return before < latest ? new(RefitTrigger.Schedule, $"It is {at:hh\\:mm} UTC.", Trainer) : null;
    }
}
