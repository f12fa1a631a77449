using MoodStream.Contracts;
using MoodStream.Gateway.Settings;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Gateway.Review.Cases;

/// <summary>Carries steps of cases out: reads, asks the rules, stores, and again where another was faster.</summary>
/// <remarks>
/// Done means: Redis has the case and what goes to Kafka. Repeats: a repeated call gives the same lease or decision.
/// Thread-safety: any thread, and any number of gateways on one Redis.
/// </remarks>
internal sealed class ReviewDesk(
    CaseStore store, ReviewSettings settings, CaseChanges changes, ReviewMetrics metrics, TimeProvider clock)
{
    /// <summary>Cases at the front of the queue that a reviewer is offered one of.</summary>
    private const int FrontCases = 16;

    private const int MostTries = 50;

    /// <summary>Opens the case of an image; nothing happens where there is one.</summary>
    /// <returns>Whether the case is new.</returns>
    public async Task<bool> OpenAsync(ImageScored scored, string position, bool auditSample, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var step = CaseMachine.Open(scored, position, settings.Of(scored.Gate).Quorum, auditSample, now, Traces.Current);
        await store.AddGateAsync(scored.Gate, cancellation);
        if (!await store.TryStoreAsync(null, step, now, cancellation)) return false;
        Done(null, step);
        return true;
    }

    /// <summary>Takes one step of one case.</summary>
    public async Task<CaseStep> StepAsync(
        string gate, string caseId, Func<ReviewCase, DateTimeOffset, CaseStep> step, CancellationToken cancellation)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await store.ReadAsync(gate, caseId, cancellation) is not { } before) return CaseFault.NotFound;
            var now = clock.GetUtcNow();
            var next = step(before, now);
            if (!next.Changes) return next;
            if (!await TryStoreAsync(before, next, now, cancellation)) continue;
            Done(before, next);
            return next;
        }
        return CaseFault.Changed;
    }

    /// <summary>Gives a reviewer up to so many cases that nobody has; the gate's order decides which come first.</summary>
    public async Task<IReadOnlyList<ReviewCase>> ClaimNextAsync(string gate, CaseActor actor, int count, CancellationToken cancellation)
    {
        var claimed = new List<ReviewCase>(count);
        string[] queues = actor.Senior
            ? [CaseIndex.Escalated, CaseIndex.Of(settings.Of(gate).Order)]
            : [CaseIndex.Of(settings.Of(gate).Order)];
        foreach (var queue in queues)
        {
            if (claimed.Count < count) await ClaimFromAsync(gate, queue, actor, count, claimed, cancellation);
        }
        return claimed;
    }

    /// <summary>Stores a step; one that goes to the decisions topic has a span in the trace of the image.</summary>
    private async Task<bool> TryStoreAsync(ReviewCase before, CaseStep step, DateTimeOffset now, CancellationToken cancellation)
    {
        using var span = step.Record is { } kind ? Traces.Continue($"review {kind.ToString().ToLowerInvariant()}", before.Trace) : null;
        return await store.TryStoreAsync(before, step, now, cancellation);
    }

    private void Done(ReviewCase? before, CaseStep step)
    {
        changes.Tell(step);
        metrics.Stepped(before, step);
    }

    private async Task ClaimFromAsync(
        string gate, string queue, CaseActor actor, int count, List<ReviewCase> claimed, CancellationToken cancellation)
    {
        (string Id, double Place)? last = null;
        for (var tries = 0; tries < MostTries && claimed.Count < count; tries++)
        {
            var front = await store.AfterAsync(gate, queue, last, FrontCases, cancellation);
            if (front.Count == 0) return;
            foreach (var before in await store.ReadAsync(gate, [.. front.Select(f => f.Id)], cancellation))
            {
                var now = clock.GetUtcNow();
                var step = CaseMachine.Claim(before, actor, settings.Lease, now);
                // A case that another gateway was faster with is theirs; the next one will do.
                if (!step.Changes || !await store.TryStoreAsync(before, step, now, cancellation)) continue;
                Done(before, step);
                claimed.Add(step.After!);
                if (claimed.Count == count) return;
            }
            last = front[^1];
        }
    }
}
