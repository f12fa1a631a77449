using Confluent.Kafka;
using MoodStream.Cli.Embedded;
using MoodStream.Streaming.Kafka;
using Xunit;

namespace MoodStream.TestKit.Embedded;

/// <summary>An in-process Kafka on a free port for the tests of one class or collection.</summary>
public sealed class EmbeddedKafkaFixture : IAsyncLifetime
{
    private int _topics;

    /// <summary>The running Kafka.</summary>
    public EmbeddedKafka Kafka { get; } = EmbeddedKafka.Start(port: 0);

    /// <summary>Settings of the embedded profile that lead to it.</summary>
    public KafkaSettings Settings => new() { BootstrapServers = Kafka.BootstrapServers, Profile = KafkaProfile.Embedded };

    /// <summary>Creates a topic of its own for one test.</summary>
    public string NewTopic(int partitions)
    {
        var topic = $"test-{Interlocked.Increment(ref _topics)}";
        Kafka.Cluster.CreateTopic(topic, partitions);
        return topic;
    }

    /// <summary>A bare consumer, apart from the product's own, that has all partitions of a topic from their beginning.</summary>
    public IConsumer<byte[], byte[]> Reader(string topic, int partitions)
    {
        var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = Kafka.BootstrapServers,
            GroupId = "test-reader",
            FetchWaitMaxMs = 5,
            EnableAutoCommit = false,
        }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        return consumer;
    }

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Kafka.DisposeAsync();
}
