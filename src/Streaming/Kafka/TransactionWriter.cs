using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
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
/// Calls block, each for a bounded time: librdkafka 2.16 can lose the answer to SendOffsetsToTransaction when bits are flipped on the
/// way, and then neither that call returns, whatever its time-out, nor the end of its producer. Such a producer is left behind.
/// Thread-safety: owned by one thread, the one that polls.
/// </remarks>
/// <param name="settings">The settings.</param>
/// <param name="transactionalId">Who writes: a second producer of that name ends the transactions of the first.</param>
/// <param name="metrics">Counts producers that were made anew.</param>
/// <param name="log">Where that is told.</param>
/// <param name="build">Makes a producer.</param>
internal sealed class TransactionWriter(
    KafkaSettings settings, string transactionalId, StreamingMetrics metrics, ILogger log, Func<IProducer<byte[]?, byte[]?>> build) : IDisposable
{
    private static readonly TimeSpan RoomWait = TimeSpan.FromMilliseconds(50);

    /// <summary>A call that was told to take no longer than the time-out of a request, and has not returned by now, never will.</summary>
    private readonly TimeSpan _overdue = 2 * settings.RequestTimeout;
    private IProducer<byte[]?, byte[]?>? _client;

    /// <summary>A writer to the brokers of the settings.</summary>
    public TransactionWriter(KafkaSettings settings, string transactionalId, StreamingMetrics metrics, ILogger log)
        : this(settings, transactionalId, metrics, log, () => new ProducerBuilder<byte[]?, byte[]?>(KafkaClientConfig.Transactional(settings, transactionalId))
            .SetLogHandler((_, line) => log.Client(line))
            .Build())
    {
    }

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
            Bounded(client.BeginTransaction);
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
        if (_client is { } client) LeaveBehind(client);
        _client = null;
    }

    private IProducer<byte[]?, byte[]?> Ready()
    {
        if (_client is not null) return _client;
        var client = build();
        try
        {
            Bounded(() => client.InitTransactions(settings.RequestTimeout));
        }
        catch
        {
            LeaveBehind(client);
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
        LeaveBehind(_client);
        _client = null;
    }

    /// <summary>Ends a producer, and waits for that only as long as for a call: one that is stuck keeps its thread, and nothing else.</summary>
    private void LeaveBehind(IProducer<byte[]?, byte[]?> client)
    {
        try
        {
            Bounded(client.Dispose);
        }
        catch (KafkaException e)
        {
            log.ProducerLeftBehind(transactionalId, e.Error.Reason);
        }
    }

    /// <summary>Calls on a thread of its own, and gives up on it when it is overdue.</summary>
    /// <exception cref="KafkaException">What the call met, or that it does not return.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever the call met reaches its caller.")]
    private void Bounded(Action call)
    {
        ExceptionDispatchInfo? fault = null;
        var caller = new Thread(Call) { IsBackground = true, Name = $"transaction {transactionalId}" };
        caller.Start();
        if (!caller.Join(_overdue))
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"the client has not returned from a call for {_overdue.TotalSeconds:0.#} s"));
        fault?.Throw();

        void Call()
        {
            try
            {
                call();
            }
            catch (Exception e)
            {
                fault = ExceptionDispatchInfo.Capture(e);
            }
        }
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
                Bounded(ask);
                return;
            }
            catch (KafkaRetriableException) when (TimeProvider.System.GetElapsedTime(begin) < settings.TransactionTimeout)
            {
                // The client waits between its own tries.
            }
        }
    }
}
