using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;
using MoodStream.TestKit.Embedded;

namespace MoodStream.StreamingTests.Kafka;

/// <summary>Makes the clients under test, and looks at the embedded Kafka past them.</summary>
internal static class KafkaHarness
{
    public static StreamingMetrics Metrics() => new(Prometheus.Metrics.NewCustomRegistry());

    public static KafkaRecordProducer Producer(KafkaSettings settings) => new(settings, Metrics(), NullLogger<KafkaRecordProducer>.Instance);

    public static KafkaRecordConsumer Consumer(KafkaSettings settings, string topic, string group = "test", int buffered = 256, long bufferedBytes = 64 << 20) => new(
        settings,
        new ConsumerSubscription { Group = group, Topics = [topic], MaxBufferedRecords = buffered, MaxBufferedBytes = bufferedBytes },
        Metrics(),
        TimeProvider.System,
        NullLogger<KafkaRecordConsumer>.Instance);

    public static OutgoingRecord Record(string topic, string key, string value) =>
        new(topic, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), []);

    /// <summary>Writes records <c>0</c> to <c>count − 1</c>, spread over keys.</summary>
    public static async Task WriteAsync(this KafkaRecordProducer producer, string topic, int count, int keys = 8, int from = 0)
    {
        var writes = Enumerable.Range(from, count).Select(i => producer.WriteAsync(
            Record(topic, $"key-{i % keys}", i.ToString(CultureInfo.InvariantCulture)), TestContext.Current.CancellationToken));
        await Task.WhenAll(writes);
    }

    public static int Number(this ReceivedRecord record) => int.Parse(Encoding.UTF8.GetString(record.Value!), CultureInfo.InvariantCulture);

    /// <summary>What the group has committed, by partition.</summary>
    public static Dictionary<int, long> Committed(this EmbeddedKafkaFixture kafka, string topic, int partitions, string group = "test")
    {
        using var client = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = kafka.Kafka.BootstrapServers, GroupId = group }).Build();
        return client.Committed(Partitions(topic, partitions), TimeSpan.FromSeconds(10))
            .ToDictionary(o => o.Partition.Value, o => o.Offset.IsSpecial ? 0 : o.Offset.Value);
    }

    /// <summary>End of the log, by partition.</summary>
    public static Dictionary<int, long> Ends(this EmbeddedKafkaFixture kafka, string topic, int partitions)
    {
        using var client = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = kafka.Kafka.BootstrapServers, GroupId = "looks" }).Build();
        return Partitions(topic, partitions).ToDictionary(p => p.Partition.Value, p => client.QueryWatermarkOffsets(p, TimeSpan.FromSeconds(10)).High.Value);
    }

    private static List<TopicPartition> Partitions(string topic, int partitions) =>
        [.. Enumerable.Range(0, partitions).Select(p => new TopicPartition(topic, p))];
}
