using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Streaming.Kafka;

/// <summary>What became of a transaction.</summary>
internal enum TransactionEnd
{
    /// <summary>Outputs and offsets are there, all of them.</summary>
    Committed,

    /// <summary>None of them is.</summary>
    Aborted,

    /// <summary>The broker was asked to commit, and its answer has not come: either all are there or none.</summary>
    Unknown,
}

/// <summary>What became of a transaction, and why.</summary>
/// <param name="End">What became of it.</param>
/// <param name="Error">What went wrong; null where it was committed.</param>
internal readonly record struct TransactionResult(TransactionEnd End, Error? Error);

/// <summary>Writes outputs and offsets in one transaction, and makes its producer anew after an error that the old one cannot survive.</summary>
/// <remarks>
/// A new producer of the same name first ends what the old one left open: with that, an unknown end becomes a known one.
/// Calls block. Thread-safety: owned by one thread, the one that polls.
/// </remarks>
internal sealed class TransactionWriter(KafkaSettings settings, string transactionalId, StreamingMetrics metrics, ILogger log) : IDisposable
{
    private static readonly TimeSpan RoomWait = TimeSpan.FromMilliseconds(50);
    private IProducer<byte[]?, byte[]?>? _client;

    /// <summary>Makes sure that no transaction of this name is open, in this process or in one before it.</summary>
    /// <exception cref="KafkaException">The brokers do not answer, or refuse.</exception>
    public void Begin() => _ = Ready();

    /// <summary>Writes the outputs and moves the offsets, both or neither.</summary>
    /// <param name="outputs">Records to write, in order.</param>
    /// <param name="offsets">Offsets of the group to store.</param>
    /// <param name="group">The consumer's membership: a member that was replaced is refused.</param>
    public TransactionResult Write(
        IEnumerable<OutgoingRecord> outputs, IReadOnlyList<TopicPartitionOffset> offsets, IConsumerGroupMetadata group)
    {
        var committing = false;
        try
        {
            var client = Ready();
            client.BeginTransaction();
            foreach (var output in outputs) Produce(client, output);
            Patiently(() => client.SendOffsetsToTransaction(offsets, group, settings.RequestTimeout));
            committing = true;
            Patiently(() => client.CommitTransaction(settings.RequestTimeout));
            return new(TransactionEnd.Committed, null);
        }
        catch (KafkaTxnRequiresAbortException e)
        {
            Abort();
            return new(TransactionEnd.Aborted, e.Error);
        }
        catch (KafkaException e)
        {
            DropClient(e.Error);
            return new(committing ? TransactionEnd.Unknown : TransactionEnd.Aborted, e.Error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client?.Dispose();
        _client = null;
    }

    private IProducer<byte[]?, byte[]?> Ready()
    {
        if (_client is not null) return _client;
        var client = new ProducerBuilder<byte[]?, byte[]?>(KafkaClientConfig.Transactional(settings, transactionalId))
            .SetLogHandler((_, line) => log.Client(line))
            .Build();
        try
        {
            client.InitTransactions(settings.RequestTimeout);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        return _client = client;
    }

    private void Abort()
    {
        try
        {
            Patiently(() => _client!.AbortTransaction(settings.RequestTimeout));
        }
        catch (KafkaException e)
        {
            DropClient(e.Error);     // its successor ends the transaction
        }
    }

    private void DropClient(Error error)
    {
        if (_client is null) return;
        log.TransactionalProducerReplaced(transactionalId, error.Reason);
        metrics.ProducersReplaced.Inc();
        _client.Dispose();
        _client = null;
    }

    private static void Produce(IProducer<byte[]?, byte[]?> client, OutgoingRecord output)
    {
        while (true)
        {
            try
            {
                client.Produce(output.Topic, KafkaRecords.Outgoing(output));
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                client.Flush(RoomWait);
            }
        }
    }

    /// <summary>Asks again while the client says that asking again is right, for at most as long as a transaction may last.</summary>
    private void Patiently(Action ask)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                ask();
                return;
            }
            catch (KafkaRetriableException) when (TimeProvider.System.GetElapsedTime(begin) < settings.TransactionTimeout)
            {
                // The client waits between its own tries.
            }
        }
    }
}
