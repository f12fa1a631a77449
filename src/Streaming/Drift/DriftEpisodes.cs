using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;
using StackExchange.Redis;

namespace MoodStream.Streaming.Drift;

/// <summary>A person's word on a drift.</summary>
/// <param name="Decision">What.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="At">When, UTC.</param>
public sealed record DriftAnswer(DriftDecision Decision, string By, string Reason, DateTimeOffset At);

/// <summary>The episodes of each gate's sources, in Redis. Thread-safety: any thread.</summary>
/// <remarks>Every change demands that the episode is still the one it was made from, so that of several services one makes it.</remarks>
public sealed class DriftEpisodes(RedisConnection redis)
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
        ArgumentNullException.ThrowIfNull(episode);
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
    public Task<bool> TryReplaceAsync(string gate, DriftEpisode? before, DriftEpisode next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(next);
        return ChangeAsync(gate, before, next, transaction => EndHold(transaction, gate, before, next.BeganAt), cancellation);
    }

    /// <summary>Lays down what a person says of a drift, with all that follows from it and its link of the audit chain, in one transaction.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="stored">What is there now; null for nothing.</param>
    /// <param name="episode">The episode that is answered; <paramref name="stored"/>, unless a source is answered that raised no alarm.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether it was laid down; false where what was there has changed.</returns>
    /// <remarks>
    /// Accept: what the source sent until now is unlearned, and a refit is asked for. Hold: what it sends from the beginning of the
    /// episode to its end is not learned.
    /// </remarks>
    public Task<bool> TryAnswerAsync(string gate, DriftEpisode? stored, DriftEpisode episode, DriftAnswer answer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(episode);
        ArgumentNullException.ThrowIfNull(answer);
        var next = episode with { State = StateAfter(answer.Decision), By = answer.By, Reason = answer.Reason, DecidedAt = answer.At };
        return ChangeAsync(gate, stored, next, transaction =>
        {
            EndHold(transaction, gate, stored, answer.At);
            if (answer.Decision == DriftDecision.Hold) Recall(transaction, gate, Hold(next, end: null));
            if (answer.Decision == DriftDecision.Accept) Accept(transaction, gate, next, answer);
            var word = answer.Decision.ToString().ToLowerInvariant();
            var happened = new AuditEvent(answer.At, answer.By, "drift-answered", $"source {next.Source}", $"{word}: {answer.Reason}");
            _ = AuditOutbox.AddAsync(transaction, gate, happened);
        }, cancellation);
    }

    /// <summary>Removes an episode that is over, if it is still as it was.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="episode">The episode.</param>
    /// <param name="now">When, UTC: from then on a source that was held teaches again.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<bool> TryRemoveAsync(string gate, DriftEpisode episode, DateTimeOffset now, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(episode);
        return redis.RunAsync(
            (database, token) =>
            {
                RedisKey key = RedisKeys.DriftEpisodes(gate);
                var transaction = database.CreateTransaction();
                transaction.AddCondition(Condition.HashEqual(key, episode.Source, Bytes(episode)));
                _ = transaction.HashDeleteAsync(key, episode.Source);
                EndHold(transaction, gate, episode, now);
                return transaction.ExecuteAsync();
            },
            cancellation);
    }

    private Task<bool> ChangeAsync(
        string gate, DriftEpisode? before, DriftEpisode next, Action<ITransaction> more, CancellationToken cancellation) => redis.RunAsync(
        (database, token) =>
        {
            RedisKey key = RedisKeys.DriftEpisodes(gate);
            var transaction = database.CreateTransaction();
            transaction.AddCondition(
                before is null ? Condition.HashNotExists(key, next.Source) : Condition.HashEqual(key, before.Source, Bytes(before)));
            _ = transaction.HashSetAsync(key, next.Source, Bytes(next));
            more(transaction);
            return transaction.ExecuteAsync();
        },
        cancellation);

    private static void Accept(ITransaction transaction, string gate, DriftEpisode episode, DriftAnswer answer)
    {
        var id = $"{episode.EpisodeId}-accepted-{answer.At.ToUnixTimeMilliseconds()}";
        Recall(transaction, gate, new ImageRecall
        {
            Id = id, Source = episode.Source, To = answer.At, Reason = answer.Reason, By = answer.By, At = answer.At,
        });
        RefitRequests.Add(transaction, new RefitRequested
        {
            RequestId = id, Gate = gate, Reason = answer.Reason, By = answer.By, At = answer.At,
        });
    }

    private static void EndHold(ITransaction transaction, string gate, DriftEpisode? before, DateTimeOffset at)
    {
        if (before is { State: DriftEpisodeState.Held }) Recall(transaction, gate, Hold(before, at));
    }

    /// <summary>What keeps a held source from teaching: a recall, open until the end is known.</summary>
    private static ImageRecall Hold(DriftEpisode held, DateTimeOffset? end) => new()
    {
        Id = $"{held.EpisodeId}-held", Source = held.Source, From = held.BeganAt, To = end, Reason = held.Reason!, By = held.By!,
        At = held.DecidedAt!.Value,
    };

    private static void Recall(ITransaction transaction, string gate, ImageRecall recall) => _ = transaction.HashSetAsync(
        RedisKeys.TrainerRecalls(gate), recall.Id, JsonSerializer.SerializeToUtf8Bytes(recall, WireJson.Default.ImageRecall));

    private static DriftEpisodeState StateAfter(DriftDecision decision) => decision switch
    {
        DriftDecision.Keep => DriftEpisodeState.Kept,
        DriftDecision.Accept => DriftEpisodeState.Accepted,
        DriftDecision.Hold => DriftEpisodeState.Held,
        _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "Not a decision of drift."),
    };

    private static DriftEpisode Read(RedisValue text) => JsonSerializer.Deserialize((byte[])text!, WireJson.Default.DriftEpisode)!;

    private static RedisValue Bytes(DriftEpisode episode) => JsonSerializer.SerializeToUtf8Bytes(episode, WireJson.Default.DriftEpisode);
}
