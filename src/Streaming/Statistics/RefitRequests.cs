using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Redis;
using StackExchange.Redis;

namespace MoodStream.Streaming.Statistics;

/// <summary>Requests for a refit, in Redis. Thread-safety: any thread.</summary>
public sealed class RefitRequests(RedisConnection redis)
{
    /// <summary>Adds a request behind those that wait, and announces it.</summary>
    /// <returns>How many wait now.</returns>
    /// <remarks>Repeats: a request repeated after a lost answer waits twice, with one id.</remarks>
    /// <exception cref="RedisException">Redis stayed away or refused.</exception>
    public Task<long> AddAsync(RefitRequested request, CancellationToken cancellation) => redis.RunAsync(
        async (database, token) =>
        {
            token.ThrowIfCancellationRequested();
            var transaction = database.CreateTransaction();
            var waiting = transaction.ListRightPushAsync(
                RedisKeys.RefitRequests(request.Gate), JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.RefitRequested));
            _ = transaction.PublishAsync(RedisChannel.Literal(RedisKeys.RefitRequestChannel), request.Gate);
            await transaction.ExecuteAsync();
            return await waiting;
        },
        cancellation);
}
