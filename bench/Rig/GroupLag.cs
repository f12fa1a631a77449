using Confluent.Kafka;
using MoodStream.Contracts;

namespace MoodStream.Bench.Rig;

/// <summary>How far the scorers' group is behind, by partition of the images' topic.</summary>
/// <remarks>Thread-safety: owned by one task at a time.</remarks>
internal sealed class GroupLag(string bootstrapServers) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IConsumer<byte[], byte[]> _client = new ConsumerBuilder<byte[], byte[]>(
        new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = ConsumerGroups.Scorer }).SetLogHandler((_, _) => { }).Build();

    /// <summary>Records of each partition that the group has not committed.</summary>
    /// <exception cref="KafkaException">The brokers do not answer.</exception>
    public IReadOnlyList<long> Measure()
    {
        var partitions = Topics.All.Single(t => t.Name == Topics.Images).Partitions;
        var committed = _client.Committed(Enumerable.Range(0, partitions).Select(p => new TopicPartition(Topics.Images, p)), Patience);
        return [.. committed.Select(c =>
        {
            var log = _client.QueryWatermarkOffsets(c.TopicPartition, Patience);
            return log.High.Value - (c.Offset.IsSpecial ? log.Low.Value : c.Offset.Value);
        })];
    }

    /// <summary>Waits until nothing is left, or the patience ends.</summary>
    /// <returns>What is left in each partition.</returns>
    public async Task<IReadOnlyList<long>> DrainedAsync(TimeSpan patience, TimeProvider clock, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var lag = Measure();
            if (lag.All(l => l == 0) || clock.GetElapsedTime(began) > patience) return lag;
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
