using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Settings;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Hosting;

namespace MoodStream.Gateway.Review.Upkeep;

/// <summary>Puts cases back whose lease has ended, hands those to a senior that waited for too long, and measures the queue.</summary>
/// <remarks>Every gateway sweeps; a case that two of them find is stepped once, since the second finds it changed.</remarks>
internal sealed class CaseSweeper(
    CaseStore store, ReviewDesk desk, ReviewSettings settings, ReviewMetrics metrics, TimeProvider clock, ILogger<CaseSweeper> log)
    : RepeatedWork(settings.SweepInterval, clock, e => log.ReviewWorkFailed(e, "sweeping"))
{
    private const int Most = 256;
    private readonly TimeProvider _clock = clock;

    /// <summary>Sweeps all gates once.</summary>
    /// <returns>Whether a gate had as many cases as are swept at a time.</returns>
    public async Task<bool> SweepAsync(CancellationToken cancellation)
    {
        var more = false;
        foreach (var gate in await store.GatesAsync(cancellation))
        {
            var now = _clock.GetUtcNow();
            var ended = await store.DueAsync(gate, CaseIndex.Leased, now, Most, cancellation);
            foreach (var id in ended) await desk.StepAsync(gate, id, CaseMachine.Expire, cancellation);
            more |= ended.Count == Most;
            if (settings.Of(gate).ServiceTime is var service && service > TimeSpan.Zero)
            {
                var late = await store.DueAsync(gate, CaseIndex.OpenByAge, now - service, Most, cancellation);
                foreach (var id in late)
                    await desk.StepAsync(gate, id, (its, at) => CaseMachine.Overdue(its, service, at), cancellation);
                more |= late.Count == Most;
            }
            await store.ForgetAsync(gate, CaseIndex.Decided, now - settings.KeepDecided, cancellation);
            metrics.Queue(gate, await store.CountAsync(gate, cancellation), await OldestAsync(gate, now, cancellation));
        }
        return more;
    }

    private async Task<TimeSpan> OldestAsync(string gate, DateTimeOffset now, CancellationToken cancellation)
    {
        var age = TimeSpan.Zero;
        foreach (var order in new[] { CaseIndex.OpenByAge, CaseIndex.Escalated })
        {
            if (await store.AfterAsync(gate, order, null, 1, cancellation) is not [var first]) continue;
            var since = now - DateTimeOffset.FromUnixTimeMilliseconds((long)first.Place);
            if (since > age) age = since;
        }
        return age;
    }

    /// <inheritdoc/>
    protected override Task<bool> WorkAsync(CancellationToken cancellation) => SweepAsync(cancellation);
}
