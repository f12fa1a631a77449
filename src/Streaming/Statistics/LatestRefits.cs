using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;

namespace MoodStream.Streaming.Statistics;

/// <summary>How the latest refit of each gate went, as trainers keep it in Redis. Thread-safety: any thread.</summary>
public sealed class LatestRefits(RedisConnection redis)
{
    /// <summary>Field of the hash that holds the refit.</summary>
    public const string Document = "d";

    /// <summary>The gate's latest refit, under way or ended; null where there was none.</summary>
    public Task<RefitRecord?> ReadAsync(string gate, CancellationToken cancellation) => redis.RunAsync(
        async (database, _) => await database.HashGetAsync(RedisKeys.Refit(gate), Document) is { HasValue: true } text
            ? JsonSerializer.Deserialize((byte[])text!, WireJson.Default.RefitRecord)
            : null,
        cancellation);
}
