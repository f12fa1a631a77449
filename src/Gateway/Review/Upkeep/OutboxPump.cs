using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Telemetry;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Statistics;

namespace MoodStream.Gateway.Review.Upkeep;

/// <summary>Writes what cases, and the commands of operators, left in the outbox to decisions and audit, again and again.</summary>
/// <remarks>On failure: nothing leaves the outbox; the next round tries again.</remarks>
internal sealed class OutboxPump(
    AuditOutbox outbox, CaseStore store, IStatisticsStore statistics, TimeProvider clock, ILogger<OutboxPump> log)
    : RepeatedWork(Pause, clock, e => log.ReviewWorkFailed(e, "the outbox"))
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Writes what waits, of all gates, once.</summary>
    /// <returns>Whether more waits.</returns>
    public async Task<bool> PumpAsync(CancellationToken cancellation)
    {
        var more = false;
        var gates = (await store.GatesAsync(cancellation)).Union(await statistics.ListGatesAsync(cancellation)).Append(AuditChain.Access);
        foreach (var gate in gates) more |= await outbox.PumpAsync(gate, cancellation);
        return more;
    }

    /// <inheritdoc/>
    protected override Task<bool> WorkAsync(CancellationToken cancellation) => PumpAsync(cancellation);
}
