using MoodStream.Cli.Embedded;
using MoodStream.Streaming.Redis;
using Xunit;

namespace MoodStream.TestKit.Embedded;

/// <summary>An in-process Redis on a free port, with a folder of its own, for the tests of one class or collection.</summary>
public sealed class EmbeddedRedisFixture : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("moodstream-redis-").FullName;

    /// <summary>Starts it.</summary>
    public EmbeddedRedisFixture() => Redis = EmbeddedRedis.Start(new() { Folder = _folder, Port = 0, Memory = "64m", Index = "8m" });

    /// <summary>The running Redis.</summary>
    public EmbeddedRedis Redis { get; }

    /// <summary>Settings that lead to it.</summary>
    public RedisSettings Settings => new() { Address = Redis.Address };

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Redis.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
