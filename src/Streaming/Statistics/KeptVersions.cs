using System.Text.Json;
using MoodStream.Contracts;
using StackExchange.Redis;

namespace MoodStream.Streaming.Statistics;

/// <summary>Blobs and headers of a gate's versions in Redis. Every change is one transaction.</summary>
internal static class KeptVersions
{
    /// <summary>Stores a version that is not there yet, blob and header both.</summary>
    /// <param name="database">Redis.</param>
    /// <param name="gate">The gate.</param>
    /// <param name="version">Its number.</param>
    /// <param name="blob">The statistics file.</param>
    /// <param name="header">Its header; null for a version of a time before headers.</param>
    /// <returns>Whether it was stored; false where the version is somebody's already.</returns>
    public static Task<bool> TryAddAsync(
        IDatabase database, string gate, long version, ReadOnlyMemory<byte> blob, StatisticsVersion? header)
    {
        string blobKey = RedisKeys.StatisticsBlob(gate, version), headerKey = RedisKeys.StatisticsHeader(gate, version);
        var transaction = database.CreateTransaction();
        transaction.AddCondition(Condition.KeyNotExists(blobKey));
        transaction.AddCondition(Condition.KeyNotExists(headerKey));
        _ = transaction.StringSetAsync(blobKey, blob);
        if (header is not null) _ = transaction.StringSetAsync(headerKey, Json(header));
        _ = transaction.SortedSetAddAsync(RedisKeys.StatisticsVersions(gate), version, version);
        return transaction.ExecuteAsync();
    }

    /// <summary>Puts a version back under its number, and sees to it that no number up to it is given out again.</summary>
    /// <returns>Whether it was put back; false where it was there, byte for byte.</returns>
    /// <exception cref="InvalidOperationException">Another version has that number.</exception>
    public static async Task<bool> RestoreAsync(IDatabase database, string gate, KeptVersion version, ReadOnlyMemory<byte> blob)
    {
        await database.SetAddAsync(RedisKeys.StatisticsGates(), gate);
        var counter = RedisKeys.StatisticsCounter(gate);
        var given = (long)await database.StringGetAsync(counter);
        // Where another gives out numbers meanwhile, some are left out, none is given out twice.
        if (given < version.Version) await database.StringIncrementAsync(counter, version.Version - given);
        if (await TryAddAsync(database, gate, version.Version, blob, version.Header)) return true;
        using var there = await database.StringGetLeaseAsync(RedisKeys.StatisticsBlob(gate, version.Version));
        return there is not null && there.Span.SequenceEqual(blob.Span)
            ? false
            : throw new InvalidOperationException($"Gate {gate} has another version {version.Version} already.");
    }

    /// <summary>The header of a version; null where there is none.</summary>
    /// <exception cref="InvalidDataException">What is there is no header of that version.</exception>
    public static async Task<StatisticsVersion?> HeaderAsync(IDatabase database, string gate, long version)
    {
        var text = await database.StringGetAsync(RedisKeys.StatisticsHeader(gate, version));
        return text.IsNull ? null : Parse(gate, version, text);
    }

    /// <summary>Versions whose blob is there, newest first. Those from before the index are known by the gate's activations.</summary>
    public static async Task<IReadOnlyList<KeptVersion>> ListAsync(
        IDatabase database, string gate, IEnumerable<StatisticsActivated> activations)
    {
        var indexed = await database.SortedSetRangeByRankAsync(RedisKeys.StatisticsVersions(gate));
        long[] versions = [.. indexed.Select(v => (long)v).Union(activations.Select(a => a.Version)).OrderDescending()];
        var kept = await Task.WhenAll(versions.Select(v => database.KeyExistsAsync(RedisKeys.StatisticsBlob(gate, v))));
        return await Task.WhenAll(versions.Where((_, i) => kept[i]).Select(
            async v => new KeptVersion(v, await HeaderAsync(database, gate, v))));
    }

    /// <summary>Puts another header in the place of one.</summary>
    /// <returns>Whether it was put; false where the header is another one by now.</returns>
    public static Task<bool> TryReplaceAsync(IDatabase database, StatisticsVersion before, StatisticsVersion after)
    {
        var transaction = database.CreateTransaction();
        AddReplacement(transaction, before, after);
        return transaction.ExecuteAsync();
    }

    /// <summary>Adds the replacement of a header to a transaction, which fails as a whole where the header is another one by now.</summary>
    public static void AddReplacement(ITransaction transaction, StatisticsVersion before, StatisticsVersion after)
    {
        var key = RedisKeys.StatisticsHeader(before.Gate, before.Version);
#pragma warning disable SER301 // The single command that it proposes needs Redis 8.4; 7 is enough for us.
        transaction.AddCondition(Condition.StringEqual(key, Json(before)));
        _ = transaction.StringSetAsync(key, Json(after));
#pragma warning restore SER301
    }

    /// <summary>Removes a version while the active pointer is what it was.</summary>
    /// <returns>Whether it was removed; false where the pointer has moved.</returns>
    public static Task<bool> TryRemoveAsync(IDatabase database, string gate, long version, ActivePointer? pointer)
    {
        var transaction = database.CreateTransaction();
        transaction.AddCondition(ActivePointer.Unmoved(gate, pointer));
        _ = transaction.KeyDeleteAsync([RedisKeys.StatisticsBlob(gate, version), RedisKeys.StatisticsHeader(gate, version)]);
        _ = transaction.SortedSetRemoveAsync(RedisKeys.StatisticsVersions(gate), version);
        return transaction.ExecuteAsync();
    }

    /// <summary>Whether a header is, to the byte, the one that is kept.</summary>
    public static async Task<bool> HoldsAsync(IDatabase database, StatisticsVersion header) =>
        await database.StringGetAsync(RedisKeys.StatisticsHeader(header.Gate, header.Version)) == Json(header);

    private static RedisValue Json(StatisticsVersion header) =>
        JsonSerializer.SerializeToUtf8Bytes(header, WireJson.Default.StatisticsVersion);

    private static StatisticsVersion Parse(string gate, long version, RedisValue text)
    {
        var place = $"Redis key {RedisKeys.StatisticsHeader(gate, version)}";
        try
        {
            var header = JsonSerializer.Deserialize((byte[])text!, WireJson.Default.StatisticsVersion);
            return header is { } read && read.Gate == gate && read.Version == version
                ? read
                : throw new InvalidDataException($"{place} is no header of version {version} of gate {gate}.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{place} is no header: {e.Message}", e);
        }
    }
}
