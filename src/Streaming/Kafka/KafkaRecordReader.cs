using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Streaming.Kafka;

/// <summary>Reads single records of Kafka by their position, one at a time, without joining a group.</summary>
/// <remarks>
/// Meant for people who look at one record, not for streams: every call seeks. The client is made with the first call.
/// Thread-safety: every member may be called from any thread; calls wait for each other.
/// </remarks>
public sealed class KafkaRecordReader(KafkaSettings settings, ILogger<KafkaRecordReader> log) : IRecordReader, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IConsumer<byte[]?, byte[]?>? _client;

    /// <inheritdoc/>
    public async Task<ReceivedRecord?> ReadAsync(RecordPosition position, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => Read(position), cancellation);
        }
        catch (KafkaException e)
        {
            throw new IOException($"The record {position} could not be read: {e.Error.Reason}", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client?.Dispose();
        _turn.Dispose();
    }

    private ReceivedRecord? Read(RecordPosition position)
    {
        var client = _client ??= Build();
        client.Assign(new TopicPartitionOffset(position.Topic, position.Partition, position.Offset));
        try
        {
            var result = client.Consume(settings.RequestTimeout)
                ?? throw new IOException($"The record {position} could not be read: no answer in {settings.RequestTimeout}.");
            // A later offset means that this one was compacted away or aborted; the end of the partition, that it is not there yet.
            return result.IsPartitionEOF || result.Offset.Value != position.Offset ? null : KafkaRecords.Received(result, assignment: 0);
        }
        catch (ConsumeException e) when (e.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange
            or ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownPartition or ErrorCode.Local_UnknownTopic)
        {
            return null;
        }
        finally
        {
            client.Unassign();
        }
    }

    private IConsumer<byte[]?, byte[]?> Build()
    {
        var config = KafkaClientConfig.Observer(settings, group: $"{settings.ClientId}-reader");
        config.AutoOffsetReset = AutoOffsetReset.Error;
        config.EnablePartitionEof = true;
        return new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler((_, line) => log.Client(line)).Build();
    }
}
