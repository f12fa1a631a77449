using System.Text.Json;
using System.Text.Json.Serialization;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;

namespace MoodStream.Trainer.Accumulation;

/// <summary>A source, a span of time, or both, whose images are to be as if they had never come.</summary>
public sealed record ImageRecall
{
    /// <summary>Id; the same recall given twice is one.</summary>
    public required string Id { get; init; }

    /// <summary>Source whose images go; null for all sources.</summary>
    public string? Source { get; init; }

    /// <summary>First instant that is recalled, UTC; null from the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>First instant that is not recalled any more, UTC; null for no end.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Who recalls.</summary>
    public required string By { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>When it was recalled, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether an image is recalled.</summary>
    internal bool Covers(string source, DateTimeOffset at) =>
        (Source is null || Source == source) && (From is null || at >= From) && (To is null || at < To);
}

/// <summary>JSON of recalls.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ImageRecall))]
internal sealed partial class RecallJson : JsonSerializerContext;

/// <summary>The recalls of each gate, in Redis. Thread-safety: any thread.</summary>
internal sealed class RecallStore(RedisConnection redis)
{
    /// <summary>Adds a recall; it holds for images that are still to come as well.</summary>
    public Task<bool> AddAsync(string gate, ImageRecall recall, CancellationToken cancellation) => redis.RunAsync(
        (database, _) => database.HashSetAsync(
            RedisKeys.TrainerRecalls(gate), recall.Id, JsonSerializer.SerializeToUtf8Bytes(recall, RecallJson.Default.ImageRecall)),
        cancellation);

    /// <summary>All recalls of a gate.</summary>
    public Task<IReadOnlyList<ImageRecall>> ReadAsync(string gate, CancellationToken cancellation) => redis.RunAsync<IReadOnlyList<ImageRecall>>(
        async (database, _) =>
        [
            .. (await database.HashValuesAsync(RedisKeys.TrainerRecalls(gate)))
                .Select(v => JsonSerializer.Deserialize((byte[])v!, RecallJson.Default.ImageRecall)!),
        ],
        cancellation);
}
