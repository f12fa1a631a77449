using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;

namespace MoodStream.Trainer.Accumulation;

/// <summary>The recalls of each gate, in Redis. Thread-safety: any thread.</summary>
internal sealed class RecallStore(RedisConnection redis)
{
    /// <summary>Adds a recall; it holds for images that are still to come as well.</summary>
    public Task<bool> AddAsync(string gate, ImageRecall recall, CancellationToken cancellation) => redis.RunAsync(
        (database, _) => database.HashSetAsync(
            RedisKeys.TrainerRecalls(gate), recall.Id, JsonSerializer.SerializeToUtf8Bytes(recall, WireJson.Default.ImageRecall)),
        cancellation);

    /// <summary>All recalls of a gate.</summary>
    public Task<IReadOnlyList<ImageRecall>> ReadAsync(string gate, CancellationToken cancellation) => redis.RunAsync<IReadOnlyList<ImageRecall>>(
        async (database, _) =>
        [
            .. (await database.HashValuesAsync(RedisKeys.TrainerRecalls(gate)))
                .Select(v => JsonSerializer.Deserialize((byte[])v!, WireJson.Default.ImageRecall)!),
        ],
        cancellation);
}
