using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Streaming.Kafka;
using MoodStream.TestKit;
using MoodStream.TestKit.Embedded;

namespace MoodStream.StreamingTests.Kafka;

public sealed class IngressPressureTests(EmbeddedKafkaFixture kafka) : IClassFixture<EmbeddedKafkaFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Accepting_ReadersFallBehindAndCatchUp_RefusesThenAcceptsAgain()
    {
        var topic = kafka.NewTopic(partitions: 2);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        using var pressure = Pressure(kafka.Settings, topic, partitionCapacity: 200);
        await pressure.StartAsync(Cancellation);
        await Eventually.HoldsAsync(() => pressure.Accepting, "an empty topic accepts");

        await producer.WriteAsync(topic, 150, keys: 1);
        await Eventually.HoldsAsync(() => !pressure.Accepting, "a lag over half of the capacity refuses");
        Assert.Equal(150, pressure.Lag);
        Assert.Contains("150 records unread", pressure.Refusal, StringComparison.Ordinal);
        Assert.InRange(pressure.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

        await using var consumer = new RunningConsumer(KafkaHarness.Consumer(kafka.Settings, topic, group: topic));
        consumer.CompleteAll(_ => { });
        await Eventually.HoldsAsync(() => pressure is { Accepting: true, Lag: 0 }, "the readers have caught up");
        await pressure.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Accepting_WholeLagOverTheLimit_Refuses()
    {
        var topic = kafka.NewTopic(partitions: 2);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await producer.WriteAsync(topic, 60, keys: 16);
        using var pressure = Pressure(kafka.Settings, topic, partitionCapacity: 1_000, maxLag: 50);
        await pressure.StartAsync(Cancellation);
        await Eventually.HoldsAsync(() => pressure.Lag == 60, "the lag is measured");
        Assert.False(pressure.Accepting);
        await pressure.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Accepting_NobodyAnswers_RefusesAndSaysWhy()
    {
        var settings = new KafkaSettings { BootstrapServers = "127.0.0.1:1", RequestTimeout = TimeSpan.FromMilliseconds(100) };
        using var pressure = Pressure(settings, "t", partitionCapacity: 10);
        await pressure.StartAsync(Cancellation);
        await Eventually.HoldsAsync(() => pressure.Refusal?.Contains("cannot be measured", StringComparison.Ordinal) == true, "the reason is told");
        Assert.False(pressure.Accepting);
        await pressure.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Accepting_MeasurementIsTooOld_RefusesAndSaysWhy()
    {
        await using var other = Cli.Embedded.EmbeddedKafka.Start(port: 0);
        var settings = new KafkaSettings { BootstrapServers = other.BootstrapServers, RequestTimeout = TimeSpan.FromMilliseconds(100) };
        using var pressure = Pressure(settings, Contracts.Topics.Images, partitionCapacity: 10);
        await pressure.StartAsync(Cancellation);
        await Eventually.HoldsAsync(() => pressure.Accepting, "it is measured");
        other.Cluster.BrokerDown(1);
        await Eventually.HoldsAsync(() => pressure.Refusal?.Contains("could not be measured for", StringComparison.Ordinal) == true, "it grows stale");
        await pressure.StopAsync(Cancellation);
    }

    private static IngressPressure Pressure(KafkaSettings kafka, string topic, long partitionCapacity, long maxLag = 1_000_000) => new(
        kafka,
        new IngressSettings
        {
            Topic = topic, Group = topic, PartitionCapacity = partitionCapacity, MaxLag = maxLag,
            MeasureInterval = TimeSpan.FromMilliseconds(20), StaleAfter = TimeSpan.FromMilliseconds(500),
        },
        KafkaHarness.Metrics(),
        TimeProvider.System,
        NullLogger<IngressPressure>.Instance);
}
