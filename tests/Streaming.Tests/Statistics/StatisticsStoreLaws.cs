using System.Collections.Concurrent;
using System.Globalization;
using MoodStream.Contracts;
using MoodStream.Streaming.Statistics;
using MoodStream.TestKit;

namespace MoodStream.StreamingTests.Statistics;

/// <summary>What the statistics store promises, whichever server is behind it.</summary>
public abstract class StatisticsStoreLaws : StoreOnAServer
{
    [Fact]
    public async Task PublishAsync_EachBlob_IsAVersionThatNeverChanges()
    {
        var store = Store();
        byte[] first = [1, 0, 255], second = new byte[3 << 20];
        new Random(1).NextBytes(second);
        Assert.Equal(1, await store.PublishAsync("publish", first, Draft("publish"), Cancellation));
        Assert.Equal(2, await store.PublishAsync("publish", second, Draft("publish"), Cancellation));
        Assert.Equal(first, await store.ReadBlobAsync("publish", 1, Cancellation));
        Assert.Equal(second, await store.ReadBlobAsync("publish", 2, Cancellation));
        Assert.Null(await store.ReadBlobAsync("publish", 3, Cancellation));
        Assert.Null(await store.ReadActiveAsync("publish", Cancellation));
    }

    [Fact]
    public async Task PublishAsync_CounterWasLost_DoesNotOverwriteAVersion()
    {
        var store = Store();
        await store.PublishAsync("counter", new byte[] { 1 }, Draft("counter"), Cancellation);
        await Connection().RunAsync(async (d, _) => await d.KeyDeleteAsync(RedisKeys.StatisticsCounter("counter")), Cancellation);
        Assert.Equal(2, await store.PublishAsync("counter", new byte[] { 2 }, Draft("counter"), Cancellation));
        Assert.Equal([1], await store.ReadBlobAsync("counter", 1, Cancellation));
    }

    [Fact]
    public async Task ActivateAsync_ForwardAndBack_EpochRisesAndHistoryTells()
    {
        var store = Store();
        await store.PublishAsync("activate", new byte[] { 1 }, Draft("activate"), Cancellation);
        await store.PublishAsync("activate", new byte[] { 2 }, Draft("activate"), Cancellation);
        StatisticsActivated[] told =
        [
            await store.ActivateAsync("activate", 1, "fit", Cancellation),
            await store.ActivateAsync("activate", 2, "fit", Cancellation),
            await store.ActivateAsync("activate", 1, "a person", Cancellation),
        ];
        Assert.Equal([(1, 1, null), (2, 2, 1), (1, 3, 2L)], told.Select(t => (t.Version, t.Epoch, t.Previous)));
        Assert.Equal(new ActiveStatistics(1, 3, Now), await store.ReadActiveAsync("activate", Cancellation));
        Assert.Equal(told.Reverse(), await store.ReadHistoryAsync("activate", 10, Cancellation));
    }

    [Fact]
    public async Task ActivateAsync_UnknownVersion_ThrowsAndChangesNothing()
    {
        var store = Store();
        await Assert.ThrowsAsync<KeyNotFoundException>(() => store.ActivateAsync("unknown", 7, "fit", Cancellation));
        Assert.Null(await store.ReadActiveAsync("unknown", Cancellation));
    }

    [Fact]
    public async Task ActivateAsync_ManyAtOnce_EachHasAnEpochOfItsOwn()
    {
        const int count = 40;
        var store = Store();
        await store.PublishAsync("race", new byte[] { 1 }, Draft("race"), Cancellation);
        var told = await Task.WhenAll(Enumerable.Range(0, count).Select(
            i => store.ActivateAsync("race", 1, i.ToString(CultureInfo.InvariantCulture), Cancellation)));
        Assert.Equal(Enumerable.Range(1, count).Select(i => (long)i), told.Select(t => t.Epoch).Order());
        Assert.Equal(count, (await store.ReadActiveAsync("race", Cancellation))!.Value.Epoch);
        Assert.Equal(count, (await store.ReadHistoryAsync("race", 100, Cancellation)).Count);
    }

    [Fact]
    public async Task WatchAsync_Announced_TellsEveryChangeLongBeforeThePoll()
    {
        var store = Store(Settings with { PollInterval = TimeSpan.FromMinutes(5) });
        await store.PublishAsync("announced", new byte[] { 1 }, Draft("announced"), Cancellation);
        await using var watch = new Watch(store, "announced");
        await watch.ToldAsync(null);
        await Eventually.HoldsAsync(() => SubscribedAsync(), "the watch has subscribed");
        for (var epoch = 1L; epoch <= 3; epoch++)
        {
            await store.ActivateAsync("announced", 1, "fit", Cancellation);
            await watch.ToldAsync(epoch);
        }
    }

    [Fact]
    public async Task WatchAsync_NotAnnounced_TellsByPolling()
    {
        var store = Store(Settings with { PollInterval = TimeSpan.FromMilliseconds(30) });
        await using var watch = new Watch(store, "polled");
        await watch.ToldAsync(null);
        await MoveUnannouncedAsync("polled", epoch: 9);
        await watch.ToldAsync(9);
        await Eventually.HoldsAsync(() => watch.Looked.Last(), "a look confirms it");
        await Connection().RunAsync(async (d, _) => await d.KeyDeleteAsync(RedisKeys.ActiveStatistics("polled")), Cancellation);
        await watch.ToldAsync(null);
        await Eventually.HoldsAsync(() => !watch.Looked.Last(), "a look no longer confirms it");
    }

    [Fact]
    public async Task WatchAsync_ManyWatchersAndNoAnnouncement_AllConvergeByPolling()
    {
        Watch[] watches = [.. Enumerable.Range(0, 5).Select(
            _ => new Watch(Store(Settings with { PollInterval = TimeSpan.FromMilliseconds(50) }), "silent"))];
        foreach (var watch in watches) await watch.ToldAsync(null);
        foreach (var epoch in new long[] { 1, 2, 7 })
        {
            await MoveUnannouncedAsync("silent", epoch);
            foreach (var watch in watches) await watch.ToldAsync(epoch);
        }

        foreach (var watch in watches)
        {
            Assert.Equal([null, 1, 2, 7L], watch.Told.Select(t => t?.Epoch));
            await watch.DisposeAsync();
        }
    }

    [Fact]
    public async Task ReadActiveAsync_PointerIsGarbage_Throws()
    {
        await Connection().RunAsync(async (d, _) => await d.HashSetAsync(RedisKeys.ActiveStatistics("garbage"), "version", "one"), Cancellation);
        await Assert.ThrowsAsync<InvalidDataException>(() => Store().ReadActiveAsync("garbage", Cancellation));
    }

    /// <summary>As if the announcement had been lost: the pointer changes and nobody says so.</summary>
    private async Task MoveUnannouncedAsync(string gate, long epoch) => await Connection().RunAsync(
        async (d, _) =>
        {
            await d.HashSetAsync(
                RedisKeys.ActiveStatistics(gate),
                [new("version", 5), new("epoch", epoch), new("by", "x"), new("at", Now.ToString("O", CultureInfo.InvariantCulture))]);
            return true;
        },
        Cancellation);

    private async Task<bool> SubscribedAsync() =>
        await Connection().RunAsync(async (d, _) => (long)await d.ExecuteAsync("PUBLISH", RedisKeys.ActivationChannel, "nobody"), Cancellation) > 0;

    /// <summary>A watch that notes what it is told.</summary>
    protected sealed class Watch : IAsyncDisposable
    {
        private readonly ConcurrentQueue<ActiveStatistics?> _told = new();
        private readonly ConcurrentQueue<bool> _looked = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _watching;

        public Watch(IStatisticsStore store, string gate) => _watching = store.WatchAsync(
            gate,
            (active, _) =>
            {
                _told.Enqueue(active);
                return Task.CompletedTask;
            },
            _looked.Enqueue,
            _stop.Token);

        public IReadOnlyCollection<ActiveStatistics?> Told => _told;

        /// <summary>What each look came to.</summary>
        public IReadOnlyCollection<bool> Looked => _looked;

        /// <summary>Returns once this is the last it was told.</summary>
        public Task ToldAsync(long? epoch) =>
            Eventually.HoldsAsync(() => !_told.IsEmpty && _told.Last()?.Epoch == epoch, $"epoch {epoch} is told");

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _watching);
            _stop.Dispose();
        }
    }
}
