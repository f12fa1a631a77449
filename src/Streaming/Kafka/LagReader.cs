using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Streaming.Kafka;

/// <summary>How far a group is behind in one topic.</summary>
/// <param name="Total">Records over all partitions.</param>
/// <param name="WorstPartition">Records in the partition that is furthest behind.</param>
internal readonly record struct Lag(long Total, long WorstPartition);

/// <summary>Measures the lag of a group without joining it.</summary>
/// <remarks>
/// Asks for metadata, watermarks and committed offsets only: these are safe against the embedded cluster, where listing groups
/// would abort the process. Calls block; thread-safety: owned by one thread at a time.
/// </remarks>
internal sealed class LagReader : IDisposable
{
    private readonly IConsumer<byte[], byte[]> _client;
    private readonly IAdminClient _metadata;
    private readonly string _topic;
    private readonly TimeSpan _timeout;

    public LagReader(KafkaSettings settings, string topic, string group, ILogger log)
    {
        (_topic, _timeout) = (topic, settings.RequestTimeout);
        _client = new ConsumerBuilder<byte[], byte[]>(KafkaClientConfig.Observer(settings, group))
            .SetLogHandler((_, line) => log.Client(line))
            .Build();
        _metadata = new DependentAdminClientBuilder(_client.Handle).Build();
    }

    /// <summary>Measures once.</summary>
    /// <exception cref="KafkaException">The brokers did not answer in time, or the topic does not exist.</exception>
    public Lag Measure()
    {
        var committed = _client.Committed(Partitions(), _timeout);
        var (total, worst) = (0L, 0L);
        foreach (var offset in committed)
        {
            var log = _client.QueryWatermarkOffsets(offset.TopicPartition, _timeout);
            // What lies below the start of the log can be read no more, and an unset offset begins there.
            var next = offset.Offset.IsSpecial ? log.Low.Value : Math.Max(offset.Offset.Value, log.Low.Value);
            var lag = Math.Max(0, log.High.Value - next);
            total += lag;
            worst = Math.Max(worst, lag);
        }

        return new Lag(total, worst);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _metadata.Dispose();
        _client.Dispose();
    }

    private List<TopicPartition> Partitions()
    {
        var topic = _metadata.GetMetadata(_topic, _timeout).Topics.Find(t => t.Topic == _topic);
        if (topic is null || topic.Error.IsError || topic.Partitions.Count == 0)
            throw new KafkaException(topic?.Error.IsError == true ? topic.Error : new Error(ErrorCode.UnknownTopicOrPart));
        return [.. topic.Partitions.Select(p => new TopicPartition(_topic, new Partition(p.PartitionId)))];
    }
}
