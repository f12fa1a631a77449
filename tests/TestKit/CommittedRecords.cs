using Confluent.Kafka;

namespace MoodStream.TestKit;

/// <summary>What a reader of committed records sees of a topic, from its beginning to its end.</summary>
public static class CommittedRecords
{
    /// <summary>Values in the order of partition and offset.</summary>
    public static List<string> Of(string servers, string topic, int partitions)
    {
        using var client = new ConsumerBuilder<Ignore, string>(new ConsumerConfig
        {
            BootstrapServers = servers, GroupId = "looks", IsolationLevel = IsolationLevel.ReadCommitted, EnablePartitionEof = true,
            EnableAutoCommit = false,
        }).Build();
        client.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var (values, ended) = (new List<string>(), 0);
        while (ended < partitions)
        {
            if (client.Consume(TimeSpan.FromSeconds(30)) is not { } result) throw new TimeoutException($"{topic} does not end.");
            if (result.IsPartitionEOF) ended++;
            else values.Add(result.Message.Value);
        }

        return values;
    }

    /// <summary>Sum of what the group has committed.</summary>
    public static long Offsets(string servers, string topic, int partitions, string group)
    {
        using var client = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = servers, GroupId = group }).Build();
        return client.Committed(Enumerable.Range(0, partitions).Select(p => new TopicPartition(topic, p)), TimeSpan.FromSeconds(20))
            .Sum(o => o.Offset.IsSpecial ? 0 : o.Offset.Value);
    }
}
