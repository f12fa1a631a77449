using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Telemetry;
using StackExchange.Redis;

namespace MoodStream.Streaming.Statistics;

/// <summary>Statistics versions in Redis: immutable blobs, one active pointer per gate with an epoch that only rises.</summary>
/// <remarks>
/// Needs neither scripts nor streams: an activation is one optimistic transaction on the epoch, repeated where another was faster.
/// Every operation is tried again while Redis is away. Thread-safety: every member may be called from any thread.
/// </remarks>
public sealed class RedisStatisticsStore(
    RedisConnection redis, RedisSettings settings, StreamingMetrics metrics, TimeProvider clock, ILogger<RedisStatisticsStore> log)
    : IStatisticsStore
{
    private const string Version = "version", Epoch = "epoch", By = "by", At = "at", PreviousVersion = "previous";

    /// <inheritdoc/>
    /// <remarks>Repeats: a publication repeated after a lost answer makes a further version; versions may leave gaps.</remarks>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<long> PublishAsync(string gate, ReadOnlyMemory<byte> blob, CancellationToken cancellation) =>
        redis.RunAsync(
            async (database, _) =>
            {
                while (true)
                {
                    var version = await database.StringIncrementAsync(RedisKeys.StatisticsCounter(gate));
                    // A blob there already means that the counter was lost: its version is somebody's, so the next one is tried.
                    if (await database.StringSetAsync(RedisKeys.StatisticsBlob(gate, version), blob, when: When.NotExists)) return version;
                }
            },
            cancellation);

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<StatisticsActivated> ActivateAsync(string gate, long version, string by, CancellationToken cancellation)
    {
        var at = clock.GetUtcNow();
        var tried = false;
        return redis.RunAsync(
            async (database, token) =>
            {
                while (true)
                {
                    token.ThrowIfCancellationRequested();
                    var before = await HashAsync(database, gate);
                    // The transaction of an earlier try may have gone through, and only its answer been lost.
                    if (tried && before is { } done && done.Active.Version == version && done.By == by && done.Active.At == at)
                        return done.ToMessage(gate);
                    if (!await database.KeyExistsAsync(RedisKeys.StatisticsBlob(gate, version)))
                        throw new KeyNotFoundException($"Gate {gate} has no statistics version {version}.");
                    var activated = new StatisticsActivated
                    {
                        Gate = gate,
                        Version = version,
                        Epoch = (before?.Active.Epoch ?? 0) + 1,
                        Previous = before?.Active.Version,
                        By = by,
                        At = at,
                    };
                    tried = true;
                    if (await TryActivateAsync(database, before, activated)) return activated;
                }
            },
            cancellation);
    }

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    /// <exception cref="InvalidDataException">The active pointer is not one of ours.</exception>
    public Task<ActiveStatistics?> ReadActiveAsync(string gate, CancellationToken cancellation) =>
        redis.RunAsync(async (database, _) => (await HashAsync(database, gate))?.Active, cancellation);

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<byte[]?> ReadBlobAsync(string gate, long version, CancellationToken cancellation) =>
        redis.RunAsync(
            async (database, _) =>
            {
                // A lease: the blob is copied once out of a pooled buffer, not assembled on the large-object heap.
                using var lease = await database.StringGetLeaseAsync(RedisKeys.StatisticsBlob(gate, version));
                return lease?.Span.ToArray();
            },
            cancellation);

    /// <summary>The gate's activations, newest first.</summary>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<IReadOnlyList<StatisticsActivated>> ReadHistoryAsync(string gate, int most, CancellationToken cancellation) =>
        redis.RunAsync<IReadOnlyList<StatisticsActivated>>(
            async (database, _) =>
            {
                var entries = await database.ListRangeAsync(RedisKeys.StatisticsHistory(gate), 0, most - 1);
                return [.. entries.Select(e => JsonSerializer.Deserialize((byte[])e!, WireJson.Default.StatisticsActivated)!)];
            },
            cancellation);

    /// <inheritdoc/>
    /// <remarks>
    /// While Redis is away nothing is called: the last state told stays valid. An exception of the callback ends the watch.
    /// A pointer that has vanished, and an epoch that has fallen (Redis was restored from a backup), are changes like any other.
    /// </remarks>
    public async Task WatchAsync(string gate, Func<ActiveStatistics?, CancellationToken, Task> changed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(changed);
        await using var watch = new StatisticsWatch(redis, settings, clock, gate);
        var last = default(ActiveStatistics?);
        var (first, reachable) = (true, true);
        while (!cancellation.IsCancellationRequested)
        {
            var (answered, active) = await TryReadAsync(gate, reachable, cancellation);
            if (answered && (first || active != last))
            {
                Tell(gate, active);
                await changed(active, cancellation);
                (first, last) = (false, active);
            }

            reachable = answered;
            await watch.NextAsync(cancellation);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    private async Task<(bool Answered, ActiveStatistics? Active)> TryReadAsync(string gate, bool wasReachable, CancellationToken cancellation)
    {
        try
        {
            // No retries here: the watch asks again by itself.
            var connection = await redis.GetAsync(cancellation);
            var active = (await HashAsync(connection.GetDatabase(), gate))?.Active;
            metrics.StatisticsReachable.WithLabels(gate).Set(1);
            if (!wasReachable) log.StatisticsReachable(gate);
            return (true, active);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException or InvalidDataException)
        {
            metrics.StatisticsReachable.WithLabels(gate).Set(0);
            if (wasReachable) log.StatisticsUnreachable(gate, e.Message);
            return (false, null);
        }
    }

    private void Tell(string gate, ActiveStatistics? active)
    {
        metrics.StatisticsEpoch.WithLabels(gate).Set(active?.Epoch ?? 0);
        if (active is { } now) log.StatisticsChanged(gate, now.Version, now.Epoch);
        else log.StatisticsAbsent(gate);
    }

    private async Task<bool> TryActivateAsync(IDatabase database, Pointer? before, StatisticsActivated activated)
    {
        var (pointer, history) = (RedisKeys.ActiveStatistics(activated.Gate), RedisKeys.StatisticsHistory(activated.Gate));
        var transaction = database.CreateTransaction();
        transaction.AddCondition(before is { } was ? Condition.HashEqual(pointer, Epoch, was.Active.Epoch) : Condition.KeyNotExists(pointer));
        _ = transaction.HashSetAsync(pointer,
        [
            new(Version, activated.Version), new(Epoch, activated.Epoch), new(By, activated.By),
            new(At, activated.At.ToString("O", CultureInfo.InvariantCulture)),
            new(PreviousVersion, activated.Previous ?? RedisValue.EmptyString),
        ]);
        _ = transaction.ListLeftPushAsync(history, JsonSerializer.SerializeToUtf8Bytes(activated, WireJson.Default.StatisticsActivated));
        _ = transaction.ListTrimAsync(history, 0, settings.HistoryLength - 1);
        _ = transaction.PublishAsync(RedisChannel.Literal(RedisKeys.ActivationChannel), activated.Gate);
        return await transaction.ExecuteAsync();
    }

    private static async Task<Pointer?> HashAsync(IDatabase database, string gate)
    {
        var fields = (await database.HashGetAllAsync(RedisKeys.ActiveStatistics(gate))).ToDictionary(e => e.Name.ToString(), e => e.Value);
        if (fields.Count == 0) return null;
        if (!fields.GetValueOrDefault(Version).TryParse(out long version) || !fields.GetValueOrDefault(Epoch).TryParse(out long epoch)
            || !DateTimeOffset.TryParseExact(
                fields.GetValueOrDefault(At), "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at))
            throw new InvalidDataException($"Redis key {RedisKeys.ActiveStatistics(gate)} is no active pointer.");

        long? previous = fields.GetValueOrDefault(PreviousVersion).TryParse(out long number) ? number : null;
        return new Pointer(new ActiveStatistics(version, epoch, at), fields.GetValueOrDefault(By).ToString(), previous);
    }

    private sealed record Pointer(ActiveStatistics Active, string By, long? Previous)
    {
        public StatisticsActivated ToMessage(string gate) => new()
        {
            Gate = gate, Version = Active.Version, Epoch = Active.Epoch, Previous = Previous, By = By, At = Active.At,
        };
    }
}
