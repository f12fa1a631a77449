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
            RedisKey taken = RedisKeys.RefitRequestTaken(request.Gate, request.RequestId), list = RedisKeys.RefitRequests(request.Gate);
            var transaction = database.CreateTransaction();
            transaction.AddCondition(Condition.KeyNotExists(taken));
            _ = transaction.StringSetAsync(taken, request.By, Remembered);
            _ = transaction.ListRightPushAsync(list, JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.RefitRequested));
            _ = transaction.PublishAsync(RedisChannel.Literal(RedisKeys.RefitRequestChannel), request.Gate);
            await transaction.ExecuteAsync();
            return await database.ListLengthAsync(list);
        },
        cancellation);
}
