using Confluent.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.Streaming.Kafka;

/// <summary>Reads a whole topic once, from its first record to what is its last when the scan begins. It joins no group.</summary>
public sealed class TopicScan(KafkaSettings settings)
{
    /// <summary>Every record, partition after partition, in the order of each.</summary>
    /// <exception cref="IOException">The broker does not answer in time, or there is no such topic.</exception>
    public IEnumerable<ReceivedRecord> Read(string topic, CancellationToken cancellation)
    {
        var config = KafkaClientConfig.Observer(settings, group: $"{settings.ClientId}-scan");
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.IsolationLevel = IsolationLevel.ReadCommitted;
        config.EnablePartitionEof = true;
        using var client = new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler((_, _) => { }).Build();
        foreach (var partition in Partitions(client, topic))
        {
            client.Assign(new TopicPartitionOffset(partition, Offset.Beginning));
            while (Next(client, partition, cancellation) is { } record) yield return record;
            client.Unassign();
        }
    }

    private List<TopicPartition> Partitions(IConsumer<byte[]?, byte[]?> client, string topic)
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(client.Handle).Build();
            var found = admin.GetMetadata(topic, settings.RequestTimeout).Topics[0];
            if (found.Error.IsError) throw new IOException($"{settings.BootstrapServers}: topic {topic}: {found.Error.Reason}");
            return [.. found.Partitions.Select(p => new TopicPartition(topic, p.PartitionId)).OrderBy(p => p.Partition.Value)];
        }
        catch (KafkaException e)
        {
            throw new IOException($"{settings.BootstrapServers}: {e.Error.Reason}", e);
        }
    }

    private ReceivedRecord? Next(IConsumer<byte[]?, byte[]?> client, TopicPartition partition, CancellationToken cancellation)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            var result = client.Consume(settings.RequestTimeout)
                ?? throw new IOException($"{settings.BootstrapServers}: {partition} gave nothing in {settings.RequestTimeout}.");
            return result.IsPartitionEOF ? null : KafkaRecords.Received(result, assignment: 0);
        }
        catch (ConsumeException e)
        {
            throw new IOException($"{settings.BootstrapServers}: {partition}: {e.Error.Reason}", e);
        }
    }
}
