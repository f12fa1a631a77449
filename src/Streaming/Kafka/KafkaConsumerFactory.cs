using System.Collections.Immutable;
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
    private ImmutableList<KafkaRecordConsumer> _made = [];

    /// <summary>Every consumer made so far, less those that were disposed and replaced by another of their group.</summary>
    internal IReadOnlyCollection<KafkaRecordConsumer> Made => _made;

    /// <inheritdoc/>
    public IRecordConsumer Create(ConsumerSubscription subscription)
    {
        var consumer = new KafkaRecordConsumer(settings, subscription, metrics, clock, logs.CreateLogger<KafkaRecordConsumer>());
        ImmutableInterlocked.Update(ref _made, made => made.RemoveAll(old => old.Disposed && old.Group == consumer.Group).Add(consumer));
        return consumer;
    }
}
