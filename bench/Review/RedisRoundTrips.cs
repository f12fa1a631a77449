using StackExchange.Redis;

namespace MoodStream.Bench.Review;

/// <summary>What a bare Redis answers in while something else runs: the limit of whatever asks it.</summary>
internal static class RedisRoundTrips
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);

    /// <summary>Pings until told to stop.</summary>
    /// <param name="redis">Whom.</param>
    /// <param name="milliseconds">Takes the time of each.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task TimeAsync(IDatabase redis, ICollection<double> milliseconds, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            milliseconds.Add((await redis.PingAsync()).TotalMilliseconds);
            await Task.Delay(Between, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
