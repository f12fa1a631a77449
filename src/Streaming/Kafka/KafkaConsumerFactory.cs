using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Streaming.Kafka;

/// <summary>Makes consumers, and knows those it has made, so that health can speak of them.</summary>
public interface IRecordConsumerFactory
{
    /// <summary>Makes a consumer; the caller runs and disposes it.</summary>
    IRecordConsumer Create(ConsumerSubscription subscription);
}

/// <summary>Makes consumers of Kafka.</summary>
/// <remarks>Thread-safety: every member may be called from any thread.</remarks>
public sealed class KafkaConsumerFactory(KafkaSettings settings, StreamingMetrics metrics, TimeProvider clock, ILoggerFactory logs)
    : IRecordConsumerFactory
{
    private readonly ConcurrentQueue<KafkaRecordConsumer> _made = new();

    /// <summary>Every consumer made so far.</summary>
    internal IReadOnlyCollection<KafkaRecordConsumer> Made => _made;

    /// <inheritdoc/>
    public IRecordConsumer Create(ConsumerSubscription subscription)
    {
        var consumer = new KafkaRecordConsumer(settings, subscription, metrics, clock, logs.CreateLogger<KafkaRecordConsumer>());
        _made.Enqueue(consumer);
        return consumer;
    }
}
