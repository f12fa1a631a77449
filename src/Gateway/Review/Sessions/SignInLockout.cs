using MoodStream.Contracts;
using MoodStream.Streaming.Redis;

namespace MoodStream.Gateway.Review.Sessions;

/// <summary>Makes whoever guesses a password wait longer and longer, at all gateways together.</summary>
/// <remarks>An hour has time for about 75 guesses. Thread-safety: any thread.</remarks>
internal sealed class SignInLockout(RedisConnection redis, TimeProvider clock)
{
    /// <summary>Failures that cost no wait.</summary>
    public const int Free = 5;

    /// <summary>The longest wait.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    private const string FailScript = """
        local count = redis.call('HINCRBY', KEYS[1], 'count', 1)
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        return count
        """;

    /// <summary>How long nobody may sign in under a name; zero where anybody may try.</summary>
    public async Task<TimeSpan> WaitAsync(string name, CancellationToken cancellation)
    {
        var until = await redis.RunAsync(
            (database, _) => database.HashGetAsync(RedisKeys.SignInFailures(name), "until"), cancellation);
        var left = until.HasValue ? new DateTimeOffset((long)until, TimeSpan.Zero) - clock.GetUtcNow() : TimeSpan.Zero;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>A try failed.</summary>
    /// <returns>How long the next one must wait.</returns>
    public async Task<TimeSpan> FailedAsync(string name, CancellationToken cancellation)
    {
        var count = (long)await redis.RunAsync(
            (database, _) => database.ScriptEvaluateAsync(
                FailScript, [RedisKeys.SignInFailures(name)], [(long)Remembered.TotalMilliseconds]),
            cancellation);
        var wait = WaitAfter(count);
        if (wait > TimeSpan.Zero)
            await redis.RunAsync(
                (database, _) => database.HashSetAsync(RedisKeys.SignInFailures(name), "until", (clock.GetUtcNow() + wait).UtcTicks),
                cancellation);
        return wait;
    }

    /// <summary>Somebody signed in: what failed before is forgotten.</summary>
    public Task ForgetAsync(string name, CancellationToken cancellation) =>
        redis.RunAsync((database, _) => database.KeyDeleteAsync(RedisKeys.SignInFailures(name)), cancellation);

    /// <summary>The wait after so many failures: 2, 4, 8 seconds and so on.</summary>
    public static TimeSpan WaitAfter(long failures)
    {
        if (failures < Free) return TimeSpan.Zero;
        var wait = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures - Free + 1, 20)));
        return wait < Longest ? wait : Longest;
    }
}
