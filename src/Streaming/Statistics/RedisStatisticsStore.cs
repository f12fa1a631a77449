using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Telemetry;
using StackExchange.Redis;

namespace MoodStream.Streaming.Statistics;

/// <summary>The registry in Redis: immutable versions with their headers, one active pointer per gate with an epoch that only rises.</summary>
/// <remarks>
/// Needs neither scripts nor streams: a change is one optimistic transaction, repeated where another was faster.
/// Every operation is tried again while Redis is away. Thread-safety: every member may be called from any thread.
/// </remarks>
public sealed class RedisStatisticsStore(
    RedisConnection redis, RedisSettings settings, StreamingMetrics metrics, TimeProvider clock, ILogger<RedisStatisticsStore> log)
    : IStatisticsStore
{
    /// <inheritdoc/>
    /// <remarks>Repeats: a publication repeated after a lost answer gives the version that the first made. Versions may leave gaps.</remarks>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<long> PublishAsync(
        string gate, ReadOnlyMemory<byte> blob, StatisticsVersion header, CancellationToken cancellation)
    {
        var sealedHeader = header with { Gate = gate, BlobSha256 = Convert.ToHexStringLower(SHA256.HashData(blob.Span)) };
        var tried = default(StatisticsVersion?);
        return redis.RunAsync(
            async (database, token) =>
            {
                await database.SetAddAsync(RedisKeys.StatisticsGates(), gate);
                while (tried is null || !await KeptVersions.HoldsAsync(database, tried))
                {
                    token.ThrowIfCancellationRequested();
                    // A version there already means that the counter was lost: it is somebody's, so the next one is tried.
                    tried = sealedHeader with { Version = await database.StringIncrementAsync(RedisKeys.StatisticsCounter(gate)) };
                    if (await KeptVersions.TryAddAsync(database, gate, tried.Version, blob, tried)) break;
                }

                await RemoveSuperfluousAsync(database, gate);
                return tried.Version;
            },
            cancellation);
    }

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public async Task<StatisticsActivated> ActivateAsync(string gate, long version, string by, CancellationToken cancellation) =>
        (await TryActivateAsync(gate, new Activation(version, by), cancellation))!;

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<StatisticsActivated?> TryActivateAsync(string gate, Activation activation, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(activation);
        return MoveAsync(
            gate, activation.By, activation.Reason,
            (_, before) => Task.FromResult<long?>(
                activation.IfEpoch is { } epoch && epoch != (before?.Active.Epoch ?? 0) ? null : activation.Version),
            cancellation);
    }

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<StatisticsActivated?> RollBackAsync(string gate, string by, string? reason, CancellationToken cancellation)
    {
        var from = default(ActivePointer?);
        return MoveAsync(gate, by, reason, TargetAsync, cancellation);

        async Task<long?> TargetAsync(IDatabase database, ActivePointer? before)
        {
            from ??= before;
            if (before is null) return null;
            if (before != from)
                throw new InvalidOperationException(
                    $"Gate {gate} went to version {before.Active.Version} ({before.By}) while it was being rolled back; nothing was changed.");
            foreach (var version in ActivationHistory.Earlier(await ActivationHistory.ReadAsync(database, gate, settings.HistoryLength)))
                if (await database.KeyExistsAsync(RedisKeys.StatisticsBlob(gate, version))) return version;
            return null;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    /// <exception cref="InvalidDataException">The active pointer is not one of ours.</exception>
    public Task<ActiveStatistics?> ReadActiveAsync(string gate, CancellationToken cancellation) =>
        redis.RunAsync(async (database, _) => (await ActivePointer.ReadAsync(database, gate))?.Active, cancellation);

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

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<StatisticsVersion?> ReadHeaderAsync(string gate, long version, CancellationToken cancellation) =>
        redis.RunAsync((database, _) => KeptVersions.HeaderAsync(database, gate, version), cancellation);

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<IReadOnlyList<KeptVersion>> ListVersionsAsync(string gate, CancellationToken cancellation) =>
        redis.RunAsync(
            async (database, _) => await KeptVersions.ListAsync(
                database, gate, await ActivationHistory.ReadAsync(database, gate, settings.HistoryLength)),
            cancellation);

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<IReadOnlyList<string>> ListGatesAsync(CancellationToken cancellation) =>
        redis.RunAsync<IReadOnlyList<string>>(
            async (database, _) => [.. (await database.SetMembersAsync(RedisKeys.StatisticsGates()))
                .Select(g => (string)g!).Order(StringComparer.Ordinal)],
            cancellation);

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<StatisticsVersion> ApproveAsync(
        string gate, long version, StatisticsApproval approval, CancellationToken cancellation) =>
        redis.RunAsync(
            async (database, token) =>
            {
                while (true)
                {
                    token.ThrowIfCancellationRequested();
                    var before = await KeptVersions.HeaderAsync(database, gate, version)
                        ?? throw new KeyNotFoundException($"Gate {gate} has no statistics version {version} with a header.");
                    var after = before with { Approval = approval, Rejection = null };
                    if (await KeptVersions.TryReplaceAsync(database, before, after)) return after;
                }
            },
            cancellation);

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<bool> DeleteAsync(string gate, long version, CancellationToken cancellation) =>
        redis.RunAsync(
            async (database, token) =>
            {
                while (true)
                {
                    token.ThrowIfCancellationRequested();
                    if (!await database.KeyExistsAsync(RedisKeys.StatisticsBlob(gate, version))) return false;
                    var pointer = await ActivePointer.ReadAsync(database, gate);
                    if (pointer?.Active.Version == version)
                        throw new InvalidOperationException($"Version {version} of gate {gate} is active; activate another one first.");
                    if (await KeptVersions.TryRemoveAsync(database, gate, version, pointer)) return true;
                }
            },
            cancellation);

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<bool> RestoreAsync(string gate, KeptVersion version, ReadOnlyMemory<byte> blob, CancellationToken cancellation) =>
        redis.RunAsync((database, _) => KeptVersions.RestoreAsync(database, gate, version, blob), cancellation);

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<bool> RestoreHistoryAsync(
        string gate, IReadOnlyList<StatisticsActivated> newestFirst, CancellationToken cancellation) =>
        redis.RunAsync((database, _) => ActivationHistory.RestoreAsync(database, gate, newestFirst), cancellation);

    /// <inheritdoc/>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<IReadOnlyList<StatisticsActivated>> ReadHistoryAsync(string gate, int most, CancellationToken cancellation) =>
        redis.RunAsync((database, _) => ActivationHistory.ReadAsync(database, gate, most), cancellation);

    /// <inheritdoc/>
    /// <remarks>
    /// While Redis is away no change is told: whoever watches knows by the looks how long ago the last state was confirmed. An exception of the callback ends the watch.
    /// A pointer that has vanished, and an epoch that has fallen (Redis was restored from a backup), are changes like any other.
    /// </remarks>
    public async Task WatchAsync(
        string gate, Func<ActiveStatistics?, CancellationToken, Task> changed, Action<bool> looked, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(changed);
        ArgumentNullException.ThrowIfNull(looked);
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

            looked(answered && active is not null);
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
            var active = (await ActivePointer.ReadAsync(connection.GetDatabase(), gate))?.Active;
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

    /// <summary>Points the gate at a version: read, chosen and moved in one optimistic step, repeated where another was faster.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="by">Who.</param>
    /// <param name="reason">Why; null where nothing is to be said.</param>
    /// <param name="choose">The version, seeing what is active; null to leave all as it is.</param>
    /// <param name="cancellation">Gives up.</param>
    private Task<StatisticsActivated?> MoveAsync(
        string gate, string by, string? reason, Func<IDatabase, ActivePointer?, Task<long?>> choose, CancellationToken cancellation)
    {
        var at = clock.GetUtcNow();
        var tried = default(StatisticsActivated?);
        return redis.RunAsync(
            async (database, token) =>
            {
                await database.SetAddAsync(RedisKeys.StatisticsGates(), gate);
                while (true)
                {
                    token.ThrowIfCancellationRequested();
                    var before = await ActivePointer.ReadAsync(database, gate);
                    // The transaction of an earlier try may have gone through, and only its answer been lost.
                    if (tried is not null && (await ActivationHistory.ReadAsync(database, gate, settings.HistoryLength)).Contains(tried)) return tried;
                    if (await choose(database, before) is not { } version) return null;
                    if (!await database.KeyExistsAsync(RedisKeys.StatisticsBlob(gate, version)))
                        throw new KeyNotFoundException($"Gate {gate} has no statistics version {version}.");
                    tried = new StatisticsActivated
                    {
                        Gate = gate, Version = version, Epoch = (before?.Active.Epoch ?? await LastEpochAsync(database, gate)) + 1, Previous = before?.Active.Version, By = by,
                        Reason = reason, At = at,
                    };
                    if (await ActivePointer.TryMoveAsync(database, before, tried, settings.HistoryLength)) return tried;
                    tried = null;               // answered: another was faster
                }
            },
            cancellation);
    }

    // Where only the pointer was lost, the history still knows how far the epoch had come.
    private static async Task<long> LastEpochAsync(IDatabase database, string gate) =>
        (await ActivationHistory.ReadAsync(database, gate, most: 1)) is [var last] ? last.Epoch : 0;

    private async Task RemoveSuperfluousAsync(IDatabase database, string gate)
    {
        var pointer = await ActivePointer.ReadAsync(database, gate);
        var history = await ActivationHistory.ReadAsync(database, gate, settings.HistoryLength);
        var versions = await KeptVersions.ListAsync(database, gate, history);
        foreach (var version in Retention.Superfluous(versions, pointer?.Active.Version, ActivationHistory.Earlier(history), settings))
        {
            // Where the pointer has moved, the next publication looks again.
            if (!await KeptVersions.TryRemoveAsync(database, gate, version, pointer)) return;
            log.StatisticsRemoved(gate, version);
        }
    }
}
