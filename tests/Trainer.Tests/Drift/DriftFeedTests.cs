using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Contracts;
using MoodStream.Streaming.Drift;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.TestKit;
using MoodStream.TestKit.Embedded;
using MoodStream.Trainer.Drift;
using MoodStream.TrainerTests.Fakes;
using Prometheus;

namespace MoodStream.TrainerTests.Drift;

/// <summary>From the records of two topics to those who listen.</summary>
public sealed class DriftFeedTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>, IDisposable
{
    private readonly DriftFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Run_DriftOnBothTopics_TellsItsListenersOnce()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var consumer = new FedConsumer();
        var listener = new Listener();
        var metrics = new DriftMetrics(Metrics.NewCustomRegistry());
        var settings = new DriftWatchSettings { Hold = TimeSpan.Zero };
        await using var stores = new Stores(redis.Settings, TimeProvider.System);
        var (watch, episodes) = (new DriftWatch(settings, metrics), new DriftEpisodes(stores.Connection));
        using var feed = new DriftFeed(
            consumer, (_, _, _) => Task.FromResult<byte[]?>(_fixture.Blob), [listener], watch, new DriftMemory(watch, episodes, TimeProvider.System),
            settings, metrics,            TimeProvider.System, NullLogger<DriftFeed>.Instance);
        consumer.Write(_fixture.Images("a", 600));
        consumer.WriteRaw("no json");
        consumer.Write(_fixture.Images("a", 800, shift: 2.5));
        await feed.StartAsync(cancellation);
        await Eventually.HoldsAsync(() => consumer.Completed == 1401 && listener.Heard.Count > 0, "an alarm");
        await feed.StopAsync(cancellation);
        var (drift, episodeId) = Assert.Single(listener.Heard);
        Assert.Equal(("belt", "a", 1), (drift.Gate, drift.Source, drift.StatisticsVersion));
        var episode = Assert.Single(await episodes.ReadAsync("belt", cancellation));
        Assert.Equal((episodeId, DriftEpisodeState.Drifting, drift.Alarm.Test), (episode.EpisodeId, episode.State, episode.Test));
        Assert.Equal([Topics.Accepted, Topics.Review], consumer.Subscription!.Topics);
        Assert.Equal(OffsetReset.Latest, consumer.Subscription.OffsetReset);
    }

    private sealed class Listener : IDriftListener
    {
        public List<(SourceDrift Drift, string EpisodeId)> Heard { get; } = [];

        public Task DriftBeganAsync(SourceDrift drift, string episodeId, CancellationToken cancellation)
        {
            Heard.Add((drift, episodeId));
            return Task.CompletedTask;
        }
    }

    /// <summary>A consumer the test feeds.</summary>
    private sealed class FedConsumer : IRecordConsumer, IRecordConsumerFactory
    {
        private readonly Channel<ReceivedRecord> _records = Channel.CreateUnbounded<ReceivedRecord>();
        private long _offset;
        private int _completed;

        public ConsumerSubscription? Subscription { get; private set; }

        public int Completed => _completed;

        public ChannelReader<ReceivedRecord> Records => _records.Reader;

        public bool Assigned => true;

        public ConsumerProgress Progress => default;

        public IRecordConsumer Create(ConsumerSubscription subscription)
        {
            Subscription = subscription;
            return this;
        }

        public void Write(IEnumerable<ImageScored> images)
        {
            foreach (var image in images)
                Write(JsonSerializer.SerializeToUtf8Bytes(image, WireJson.Default.ImageScored), image.Verdict == Verdict.Accept ? Topics.Accepted : Topics.Review);
        }

        public void WriteRaw(string text) => Write(System.Text.Encoding.UTF8.GetBytes(text), Topics.Accepted);

        public void Complete(RecordPosition position) => Interlocked.Increment(ref _completed);

        public void Hold(ReceivedRecord record)
        {
        }

        public void LetGo(ReceivedRecord record)
        {
        }

        public bool Owns(RecordPosition position) => true;

        public Task RunAsync(CancellationToken stopping) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Write(byte[] value, string topic) =>
            Assert.True(_records.Writer.TryWrite(new ReceivedRecord(new RecordPosition(topic, 0, _offset++), null, value, [], DriftFixture.Start)));
    }
}
