using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MoodStream.Contracts;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Statistics;
using MoodStream.Streaming.Telemetry;
using MoodStream.TestKit;
using MoodStream.TestKit.Embedded;
using MoodStream.Trainer.Control;
using MoodStream.Trainer.Refit;
using MoodStream.Trainer.Registry;
using MoodStream.TrainerTests.Fakes;
using Prometheus;

namespace MoodStream.TrainerTests.Control;

/// <summary>Requests on the control topic, on the embedded Kafka and Redis.</summary>
public sealed class RefitRequestFeedTests : IAsyncLifetime
{
    private readonly EmbeddedKafkaFixture _kafka = new();
    private readonly EmbeddedRedisFixture _redis = new();
    private readonly Stores _stores;
    private readonly StreamingMetrics _metrics = new(Metrics.NewCustomRegistry());

    public RefitRequestFeedTests() => _stores = new(_redis.Settings, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_RequestsAmongOtherRecords_AreTakenOnceByWhicheverTrainer()
    {
        using var one = Feed();
        using var other = Feed();
        await WriteAsync(Request("r-1"), EventTypes.RefitRequested);
        await WriteAsync(Request("r-1"), EventTypes.RefitRequested);                                     // a repeat
        await WriteAsync("no json", EventTypes.RefitRequested);
        await WriteAsync(Request("r-2") with { Gate = "nowhere" }, EventTypes.RefitRequested);
        await WriteAsync(Request("r-3") with { By = " " }, EventTypes.RefitRequested);
        await WriteAsync(Request("r-4") with { At = Teaching.At - RefitRequests.Remembered - TimeSpan.FromSeconds(1) }, EventTypes.RefitRequested);
        await WriteAsync(Request("r-5"), EventTypes.RefitEnded);                                         // what trainers write there
        await WriteAsync(Request("r-6"), type: null);
        await WriteAsync(Request("r-7"), EventTypes.RefitRequested);
        await one.StartAsync(Token);
        await other.StartAsync(Token);
        var refits = new RefitStore(_stores.Connection);
        await Eventually.HoldsAsync(
            async () => (await refits.RequestsAsync(Teaching.Gate, Token)).Any(r => r.RequestId == "r-7"), "the last request");
        Assert.Equal([Request("r-1"), Request("r-7")], await refits.RequestsAsync(Teaching.Gate, Token));
        await one.StopAsync(Token);
        await other.StopAsync(Token);
    }

    public async ValueTask InitializeAsync()
    {
        using var statistics = Teaching.Statistics();
        await _stores.Statistics.PublishAsync(Teaching.Gate, statistics.ToBytes(), VersionHeader.Of(statistics, "ada", "test"), Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stores.DisposeAsync();
        await _redis.DisposeAsync();
        await _kafka.DisposeAsync();
    }

    private static RefitRequested Request(string id) => new() { RequestId = id, Gate = Teaching.Gate, Reason = "please", By = "ada", At = Teaching.At };

    private RefitRequestFeed Feed() => new(
        new KafkaConsumerFactory(_kafka.Settings, _metrics, TimeProvider.System, NullLoggerFactory.Instance), _stores.Statistics,
        new RefitRequests(_stores.Connection), new FakeTimeProvider(Teaching.At), NullLogger<RefitRequestFeed>.Instance);

    private Task WriteAsync(RefitRequested request, string? type) =>
        WriteAsync(JsonSerializer.Serialize(request, WireJson.Default.RefitRequested), type);

    private async Task WriteAsync(string value, string? type)
    {
        using var producer = new KafkaRecordProducer(_kafka.Settings, _metrics, NullLogger<KafkaRecordProducer>.Instance);
        KeyValuePair<string, byte[]?>[] headers = type is null ? [] : [TextHeader.Of(RecordHeaders.Type, type)];
        await producer.WriteAsync(new(Topics.Control, Encoding.UTF8.GetBytes(Teaching.Gate), Encoding.UTF8.GetBytes(value), headers), Token);
    }
}
