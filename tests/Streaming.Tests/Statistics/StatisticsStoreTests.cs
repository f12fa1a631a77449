using MoodStream.Cli.Embedded;
using MoodStream.Streaming.Redis;
using MoodStream.TestKit;
using MoodStream.TestKit.Embedded;

namespace MoodStream.StreamingTests.Statistics;

/// <summary>On the embedded Redis.</summary>
public sealed class EmbeddedStatisticsStoreTests(EmbeddedRedisFixture redis) : StatisticsStoreLaws, IClassFixture<EmbeddedRedisFixture>
{
    protected override RedisSettings Settings => redis.Settings;

    [Fact]
    public async Task WatchAsync_RedisGoesAndComesBack_KeepsTheLastStateAndGoesOn()
    {
        using var folder = new TemporaryFolder();
        var first = EmbeddedRedis.Start(new() { Folder = folder.Path, Port = 0, Memory = "64m", Index = "8m" });
        var settings = new RedisSettings
        {
            Address = first.Address,
            PollInterval = TimeSpan.FromMilliseconds(30),
            ConnectTimeout = TimeSpan.FromMilliseconds(500),
            OperationTimeout = TimeSpan.FromMilliseconds(500),
        };
        var store = Store(settings);
        await store.PublishAsync("outage", new byte[] { 1 }, Draft("outage"), Cancellation);
        await store.ActivateAsync("outage", 1, "fit", Cancellation);
        await using var watch = new Watch(store, "outage");
        await watch.ToldAsync(1);

        first.Dispose();
        var connection = Connection(settings with { Retries = 0 });
        await Assert.ThrowsAnyAsync<Exception>(() => connection.RunAsync((d, _) => d.PingAsync(), Cancellation));
        await Eventually.HoldsAsync(() => !watch.Looked.Last(), "a look finds nobody");
        Assert.Single(watch.Told);

        using var second = EmbeddedRedis.Start(new() { Folder = folder.Path, Port = first.Port, Memory = "64m", Index = "8m" });
        await store.ActivateAsync("outage", 1, "fit", Cancellation);
        await watch.ToldAsync(2);
        Assert.Equal(2, watch.Told.Count);
    }
}

/// <summary>On redis-server, where it is installed.</summary>
public sealed class RealStatisticsStoreTests(RedisServerFixture redis) : StatisticsStoreLaws, IClassFixture<RedisServerFixture>
{
    protected override RedisSettings Settings => redis.Settings;
}
