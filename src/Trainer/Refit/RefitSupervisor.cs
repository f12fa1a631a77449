using MoodStream.Contracts;
using MoodStream.Streaming.Hosting;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Settings;
using MoodStream.Trainer.Telemetry;
using StackExchange.Redis;

namespace MoodStream.Trainer.Refit;

/// <summary>Looks after the refits of all gates: one trainer at a time for each gate.</summary>
internal sealed class RefitSupervisor(
    RefitDriver driver, RefitStore refits, PartitionStore partitions, IStatisticsStore statistics, RedisConnection redis,
    TrainerSettings settings, TimeProvider clock, ILogger<RefitSupervisor> log)
    : RepeatedWork(TimeSpan.Zero, clock, e => log.WorkFailed(e, "refitting"))
{
    /// <summary>
    /// Only spares work twice: what keeps two trainers from both taking a step is the refit's revision. Longer than any step takes.
    /// </summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private readonly string _holder = $"{Environment.MachineName}-{Environment.ProcessId}";
    private readonly TimeProvider _clock = clock;
    private readonly SemaphoreSlim _announced = new(0, 1);
    private ISubscriber? _subscribed;

    private static RedisChannel Requests => RedisChannel.Literal(RedisKeys.RefitRequestChannel);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _announced.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task<bool> WorkAsync(CancellationToken cancellation)
    {
        try
        {
            await SubscribeAsync(cancellation);
            var gates = (await statistics.ListGatesAsync(cancellation)).Union(await partitions.GatesAsync(cancellation));
            foreach (var gate in gates)
            {
                if (await refits.TryLeaseAsync(gate, _holder, Lease, cancellation)) await driver.DriveAsync(gate, cancellation);
            }
        }
        finally
        {
            await WaitAsync(cancellation);
        }
        return false;
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        using var waited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(_announced.WaitAsync(waited.Token), Task.Delay(settings.RefitCheckInterval, _clock, waited.Token));
        await waited.CancelAsync();
    }

    private async Task SubscribeAsync(CancellationToken cancellation)
    {
        if (_subscribed is not null) return;
        var subscriber = (await redis.GetAsync(cancellation)).GetSubscriber();
        await subscriber.SubscribeAsync(Requests, (_, _) => OnRequested());
        _subscribed = subscriber;   // from here on the client renews it after every reconnection
    }

    private void OnRequested()
    {
        try
        {
            _announced.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It is awake already, or gone.
        }
    }
}
