using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;
using MoodStream.Streaming.Statistics;
using StackExchange.Redis;

namespace MoodStream.Trainer.Refit;

/// <summary>The latest refit of each gate, in Redis. Thread-safety: any thread.</summary>
/// <remarks>A change is one transaction on the revision, so that two trainers cannot both take a step. Repeats after a lost answer change nothing.</remarks>
internal sealed class RefitStore(RedisConnection redis)
{
    private const string Version = "v", Document = LatestRefits.Document;
    private readonly LatestRefits _latest = new(redis);
    private readonly RefitRequests _requests = new(redis);

    /// <summary>The gate's latest refit; null where there was none.</summary>
    public Task<RefitRecord?> ReadAsync(string gate, CancellationToken cancellation) => _latest.ReadAsync(gate, cancellation);

    /// <summary>Requests that wait, oldest first.</summary>
    public Task<IReadOnlyList<RefitRequested>> RequestsAsync(string gate, CancellationToken cancellation) => _requests.WaitingAsync(gate, cancellation);

    /// <summary>Stores the next state, unless the refit has changed meanwhile.</summary>
    /// <param name="before">Revision that the step began with; 0 where there was no refit.</param>
    /// <param name="next">The next state.</param>
    /// <param name="candidate">New statistics that go with it; null leaves those there are. An end removes them.</param>
    /// <param name="requests">Requests that it answers, from the oldest.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether it was stored.</returns>
    public Task<bool> TryStoreAsync(long before, RefitRecord next, byte[]? candidate, int requests, CancellationToken cancellation) => redis.RunAsync(
        async (database, token) =>
        {
            RedisKey key = RedisKeys.Refit(next.Gate);
            var transaction = database.CreateTransaction();
            transaction.AddCondition(before == 0 ? Condition.KeyNotExists(key) : Condition.HashEqual(key, Version, before));
            _ = transaction.HashSetAsync(key,
                [new(Version, next.Revision), new(Document, JsonSerializer.SerializeToUtf8Bytes(next, WireJson.Default.RefitRecord))]);
            if (candidate is not null) _ = transaction.StringSetAsync(RedisKeys.RefitCandidate(next.Gate), candidate);
            if (next.Ended) _ = transaction.KeyDeleteAsync(RedisKeys.RefitCandidate(next.Gate));
            if (requests > 0) _ = transaction.ListTrimAsync(RedisKeys.RefitRequests(next.Gate), requests, -1);
            return await transaction.ExecuteAsync();
        },
        cancellation);

    /// <summary>What the refit under way has fitted; null where it has not.</summary>
    public Task<byte[]?> CandidateAsync(string gate, CancellationToken cancellation) => redis.RunAsync(
        async (database, _) => (byte[]?)await database.StringGetAsync(RedisKeys.RefitCandidate(gate)), cancellation);

    /// <summary>Takes, or keeps, the right to drive a gate's refit for a while.</summary>
    /// <returns>Whether it is held; false where another trainer holds it.</returns>
    public Task<bool> TryLeaseAsync(string gate, string holder, TimeSpan time, CancellationToken cancellation) => redis.RunAsync(
        async (database, _) => await database.LockTakeAsync(RedisKeys.RefitLease(gate), holder, time)
            || await database.LockExtendAsync(RedisKeys.RefitLease(gate), holder, time),
        cancellation);
}
