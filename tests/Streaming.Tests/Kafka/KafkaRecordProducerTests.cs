using System.Text;
using Confluent.Kafka;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.TestKit.Embedded;

namespace MoodStream.StreamingTests.Kafka;

public sealed class KafkaRecordProducerTests(EmbeddedKafkaFixture kafka) : IClassFixture<EmbeddedKafkaFixture>
{
    private const short Produce = 0;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteAsync_Acknowledged_GivesThePosition()
    {
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        Assert.Equal(new RecordPosition(topic, 0, 0), await producer.WriteAsync(KafkaHarness.Record(topic, "k", "a"), Cancellation));
        Assert.Equal(new RecordPosition(topic, 0, 1), await producer.WriteAsync(KafkaHarness.Record(topic, "k", "b"), Cancellation));
    }

    [Fact]
    public async Task WriteAsync_FarMoreThanMayBeInFlight_KeepsTheOrderOfTheCalls()
    {
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings with { MaxInFlightRecords = 7 });
        var positions = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(
            i => producer.WriteAsync(KafkaHarness.Record(topic, "k", $"{i}"), Cancellation)));

        Assert.Equal(Enumerable.Range(0, 2_000).Select(i => (long)i), positions.Select(p => p.Offset));
        using var reader = kafka.Reader(topic, 1);
        for (var i = 0; i < 2_000; i++) Assert.Equal($"{i}", Encoding.UTF8.GetString(reader.Consume(Cancellation).Message.Value));
    }

    [Fact]
    public async Task WriteAsync_TooLarge_SaysSo()
    {
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings with { MaxMessageBytes = 10_000 });
        var record = new OutgoingRecord(topic, null, new byte[20_000], []);
        var refused = await Assert.ThrowsAsync<RecordNotWrittenException>(() => producer.WriteAsync(record, Cancellation));
        Assert.True(refused.TooLarge);
        Assert.Equal(0, producer.InFlight);
    }

    [Fact]
    public async Task WriteAsync_BrokerSaysTooLarge_SaysSo()
    {
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        await producer.WriteAsync(KafkaHarness.Record(topic, "k", "first"), Cancellation);
        kafka.Kafka.Cluster.FailNext(Produce, ErrorCode.MsgSizeTooLarge);
        var refused = await Assert.ThrowsAsync<RecordNotWrittenException>(
            () => producer.WriteAsync(KafkaHarness.Record(topic, "k", "second"), Cancellation));
        Assert.True(refused.TooLarge);
    }

    [Fact]
    public async Task WriteAsync_RetriableErrors_AreRetriedAndNotDoubled()
    {
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings);
        kafka.Kafka.Cluster.FailNext(Produce, ErrorCode.NotLeaderForPartition, ErrorCode.RequestTimedOut);
        await producer.WriteAsync(topic, 100, keys: 1);
        Assert.Equal(100, kafka.Ends(topic, 1)[0]);
    }

    [Fact]
    public async Task WriteAsync_NobodyAnswers_GivesUpAfterTheDeliveryTimeout()
    {
        var settings = new KafkaSettings { BootstrapServers = "127.0.0.1:1", DeliveryTimeout = TimeSpan.FromMilliseconds(300) };
        using var producer = KafkaHarness.Producer(settings);
        var refused = await Assert.ThrowsAsync<RecordNotWrittenException>(
            () => producer.WriteAsync(KafkaHarness.Record("t", "k", "v"), Cancellation));
        Assert.False(refused.TooLarge);
    }

    [Fact]
    public async Task WriteAsync_CancelledWhileItWaits_IsNotWritten()
    {
        var topic = kafka.NewTopic(partitions: 1);
        using var producer = KafkaHarness.Producer(kafka.Settings with { MaxInFlightRecords = 1, Linger = TimeSpan.FromMilliseconds(200) });
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var first = producer.WriteAsync(KafkaHarness.Record(topic, "k", "first"), Cancellation);
        var second = producer.WriteAsync(KafkaHarness.Record(topic, "k", "second"), cancel.Token);
        var third = producer.WriteAsync(KafkaHarness.Record(topic, "k", "third"), Cancellation);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(0, (await first).Offset);
        Assert.Equal(1, (await third).Offset);
    }
}
