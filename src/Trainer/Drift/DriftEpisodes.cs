using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;
using StackExchange.Redis;

namespace MoodStream.Trainer.Drift;

/// <summary>The episodes of each gate's sources, in Redis. Thread-safety: any thread.</summary>
/// <remarks>Every change demands that the episode is still the one it was made from, so that of several trainers one makes it.</remarks>
internal sealed class DriftEpisodes(RedisConnection redis)
{
    /// <summary>A gate's episodes, by source.</summary>
    public Task<IReadOnlyList<DriftEpisode>> ReadAsync(string gate, CancellationToken cancellation) => redis.RunAsync<IReadOnlyList<DriftEpisode>>(
        async (database, _) =>
            [.. (await database.HashValuesAsync(RedisKeys.DriftEpisodes(gate))).Select(Read).OrderBy(e => e.Source, StringComparer.Ordinal)],
        cancellation);

    /// <summary>Begins an episode, unless it has begun: another trainer may have seen it first.</summary>
    /// <returns>The episode that goes on, and whether it is the given one.</returns>
    public async Task<(DriftEpisode Episode, bool Began)> BeginAsync(string gate, DriftEpisode episode, CancellationToken cancellation)
    {
        while (true)
        {
            var before = await ReadAsync(gate, episode.Source, cancellation);
            // What was kept may drift anew; what another version saw is over.
            if (before is not null && before.StatisticsVersion == episode.StatisticsVersion && before.State != DriftEpisodeState.Kept)
                return (before, before.EpisodeId == episode.EpisodeId);
            if (await TryReplaceAsync(gate, before, episode, cancellation)) return (episode, true);
        }
    }

    /// <summary>The episode of a source; null where there is none.</summary>
    public Task<DriftEpisode?> ReadAsync(string gate, string source, CancellationToken cancellation) => redis.RunAsync(
        async (database, _) => await database.HashGetAsync(RedisKeys.DriftEpisodes(gate), source) is { HasValue: true } text ? Read(text) : null,
        cancellation);

    /// <summary>Puts an episode in the place of another one, or of none.</summary>
    /// <returns>Whether it was; false where what was there has changed.</returns>
    public Task<bool> TryReplaceAsync(string gate, DriftEpisode? before, DriftEpisode next, CancellationToken cancellation) => redis.RunAsync(
        (database, token) =>
        {
            RedisKey key = RedisKeys.DriftEpisodes(gate);
            var transaction = database.CreateTransaction();
            transaction.AddCondition(before is null ? Condition.HashNotExists(key, next.Source) : Condition.HashEqual(key, before.Source, Bytes(before)));
            _ = transaction.HashSetAsync(key, next.Source, Bytes(next));
            return transaction.ExecuteAsync();
        },
        cancellation);

    /// <summary>Removes an episode that is over, if it is still as it was.</summary>
    public Task<bool> TryRemoveAsync(string gate, DriftEpisode episode, CancellationToken cancellation) => redis.RunAsync(
        (database, token) =>
        {
            RedisKey key = RedisKeys.DriftEpisodes(gate);
            var transaction = database.CreateTransaction();
            transaction.AddCondition(Condition.HashEqual(key, episode.Source, Bytes(episode)));
            _ = transaction.HashDeleteAsync(key, episode.Source);
            return transaction.ExecuteAsync();
        },
        cancellation);

    private static DriftEpisode Read(RedisValue text) => JsonSerializer.Deserialize((byte[])text!, DriftEpisodeJson.Default.DriftEpisode)!;

    private static RedisValue Bytes(DriftEpisode episode) => JsonSerializer.SerializeToUtf8Bytes(episode, DriftEpisodeJson.Default.DriftEpisode);
}
