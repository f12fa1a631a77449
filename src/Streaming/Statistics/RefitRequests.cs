using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;
using StackExchange.Redis;

namespace MoodStream.Streaming.Statistics;

/// <summary>Requests for a refit, in Redis. Thread-safety: any thread.</summary>
public sealed class RefitRequests(RedisConnection redis)
{
    /// <summary>For so long a request is known by its id.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromDays(7);

    /// <summary>Adds a request behind those that wait, and announces it.</summary>
    /// <returns>How many wait now.</returns>
    /// <remarks>
    /// Repeats: a request whose id was added within the last <see cref="Remembered"/>, by whomever, changes nothing, also where its refit has ended.
    /// </remarks>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<long> AddAsync(RefitRequested request, CancellationToken cancellation) => redis.RunAsync(
        async (database, token) =>
        {
            token.ThrowIfCancellationRequested();
            var transaction = database.CreateTransaction();
            Add(transaction, request);
            await transaction.ExecuteAsync();
            return await database.ListLengthAsync(RedisKeys.RefitRequests(request.Gate));
        },
        cancellation);

    /// <summary>Requests that wait, oldest first.</summary>
    public Task<IReadOnlyList<RefitRequested>> WaitingAsync(string gate, CancellationToken cancellation) =>
        redis.RunAsync<IReadOnlyList<RefitRequested>>(
            async (database, _) =>
            [
                .. (await database.ListRangeAsync(RedisKeys.RefitRequests(gate)))
                    .Select(r => JsonSerializer.Deserialize((byte[])r!, WireJson.Default.RefitRequested)!),
            ],
            cancellation);

    /// <summary>Adds a request to a transaction, which fails as a whole where the request is known.</summary>
    internal static void Add(ITransaction transaction, RefitRequested request)
    {
        RedisKey taken = RedisKeys.RefitRequestTaken(request.Gate, request.RequestId);
        transaction.AddCondition(Condition.KeyNotExists(taken));
        _ = transaction.StringSetAsync(taken, request.By, Remembered);
        _ = transaction.ListRightPushAsync(
            RedisKeys.RefitRequests(request.Gate), JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.RefitRequested));
        _ = transaction.PublishAsync(RedisChannel.Literal(RedisKeys.RefitRequestChannel), request.Gate);
    }
}
