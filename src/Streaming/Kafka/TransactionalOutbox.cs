using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;
using Client = Confluent.Kafka.IConsumer<byte[]?, System.ArraySegment<byte>>;

namespace MoodStream.Streaming.Kafka;

/// <summary>
/// Exactly-once inside Kafka: outputs wait here until every earlier record of their partition has its own, then they are written
/// together with the offsets of the records they end, in one transaction.
/// </summary>
/// <remarks>
/// Done means: the transaction is committed; the position that a write gives has no partition and no offset, which are not asked for.
/// Order: outputs of one partition are written in the order of their inputs. Repeats: none that is committed twice.
/// A transaction that is aborted is written again, with the same outputs; one that ended unknown is settled by what the group has
/// committed. The outputs of a partition that has gone are dropped (<see cref="RecordAbandonedException"/>): its next owner makes them anew.
/// Bounded: the bytes that wait count against the consumer's buffer, which then reads no more.
/// Thread-safety: writes come from any thread; everything that touches a client happens on the consumer's poll thread.
/// </remarks>
public sealed class TransactionalOutbox(KafkaSettings settings, StreamingMetrics metrics, ILogger<TransactionalOutbox> log)
    : IRecordProducer, IDisposable
{
    /// <summary>Bytes of the protocol around a record and around each header, at most.</summary>
    private const int RecordOverhead = 64, HeaderOverhead = 10;

    private static int _dynamicNames;

    private readonly object _gate = new();
    private readonly Dictionary<(string Topic, int Partition), SortedDictionary<long, Waiting>> _waiting = [];
    private AssignedPartitions? _inputs;
    private RecordBuffer? _buffer;
    private TransactionWriter? _writer;
    private string _group = "";
    private bool _unsure;

    /// <summary>Outputs that wait for their transaction.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _waiting.Values.Sum(w => w.Count);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The record ends no other: it has no <see cref="OutgoingRecord.Input"/>.</exception>
    /// <exception cref="RecordAbandonedException">The input belongs to another consumer by now.</exception>
    /// <exception cref="InvalidOperationException">No consumer runs with this outbox.</exception>
    public Task<RecordPosition> WriteAsync(OutgoingRecord record, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(record);
        var input = record.Input ?? throw new ArgumentException("A record of a transaction needs the input it ends.", nameof(record));
        var size = RecordSize.Of(record);
        if (size + RecordOverhead + (HeaderOverhead * record.Headers.Count) > settings.MaxMessageBytes)
            return Task.FromException<RecordPosition>(new RecordNotWrittenException(
                $"A record of {size} bytes for {record.Topic} is larger than {settings.MaxMessageBytes} bytes.") { TooLarge = true });
        lock (_gate)
        {
            var inputs = _inputs ?? throw new InvalidOperationException("No consumer runs with this outbox.");
            if (!inputs.Complete(input)) return Task.FromException<RecordPosition>(new RecordAbandonedException(input));
            var waiting = new Waiting(record, input, size);
            Of(input.Topic, input.Partition)[input.Offset] = waiting;
            _buffer!.Charge(size);
            return waiting.Done.Task.WaitAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writer?.Dispose();

    /// <summary>Serves a consumer that is about to poll; the one before it, if any, has stopped.</summary>
    internal void Bind(ConsumerSubscription subscription, AssignedPartitions inputs, RecordBuffer buffer)
    {
        lock (_gate) (_inputs, _buffer, _group) = (inputs, buffer, subscription.Group);
        _writer ??= new TransactionWriter(
            settings, $"{subscription.Group}.{subscription.StaticMember ?? DynamicName()}", metrics, log);
    }

    /// <summary>Ends what a process of the same name left open before it died: until then nobody can read the group's offsets.</summary>
    /// <exception cref="KafkaException">The brokers do not answer.</exception>
    internal void Recover() => _writer!.Begin();

    /// <summary>Writes the outputs that may be written, and moves the offsets past their inputs.</summary>
    /// <param name="client">The consumer whose records these are.</param>
    /// <param name="only">Partitions to look at; null for all.</param>
    /// <returns>What went wrong; null where all is committed, or there was nothing to commit.</returns>
    /// <exception cref="KafkaException">The broker will never take these outputs; trying again is of no use.</exception>
    internal Error? Commit(Client client, IReadOnlyCollection<TopicPartition>? only)
    {
        // One that has been put out of the group and does not know where it stands would not be refused: the broker takes offsets of
        // nobody for those of a reader without a group. It must hear of its loss first, which polling does.
        var member = client.ConsumerGroupMetadata;
        if (string.IsNullOrEmpty(client.MemberId)) return null;
        if (_unsure && Settle(client) is { } trouble) return trouble;
        DropStrangers();
        var (offsets, outputs) = Ready(only);
        if (offsets.Count == 0) return null;

        var result = _writer!.Write(outputs.Select(w => w.Record), offsets, member);
        metrics.Transactions.WithLabels(_group, result.End.ToString().ToLowerInvariant()).Inc();
        _unsure = result.End == TransactionEnd.Unknown;
        if (result.End == TransactionEnd.Committed) Committed(offsets);
        else log.TransactionNotCommitted(_group, outputs.Count, result.End, result.Error!.Reason);
        if (result.Error is { } error && KafkaErrorKind.IsSize(error))
            throw new KafkaException(new Error(error.Code, $"{error.Reason}: a topic takes smaller records than MaxMessageBytes, {settings.MaxMessageBytes}"));
        return result.Error;
    }

    /// <summary>Drops the outputs of partitions that have gone.</summary>
    internal void Abandon(IEnumerable<TopicPartition> partitions)
    {
        var dropped = new List<Waiting>();
        lock (_gate)
        {
            foreach (var partition in partitions)
                if (_waiting.Remove((partition.Topic, partition.Partition.Value), out var waiting)) dropped.AddRange(waiting.Values);
        }

        Drop(dropped);
    }

    // No two that run at the same time have the same: only one process of a machine has the number.
    private static string DynamicName() => $"{Environment.MachineName}-{Environment.ProcessId}-{Interlocked.Increment(ref _dynamicNames)}";

    private SortedDictionary<long, Waiting> Of(string topic, int partition)
    {
        if (!_waiting.TryGetValue((topic, partition), out var waiting)) _waiting[(topic, partition)] = waiting = [];
        return waiting;
    }

    /// <summary>Outputs below the offsets that may move, by partition in order; both are seen at one moment.</summary>
    private (List<TopicPartitionOffset> Offsets, List<Waiting> Outputs) Ready(IReadOnlyCollection<TopicPartition>? only)
    {
        lock (_gate)
        {
            var offsets = _inputs!.Committable(only);
            var outputs = offsets.SelectMany(o =>
                Of(o.Topic, o.Partition.Value).TakeWhile(w => w.Key < o.Offset.Value).Select(w => w.Value));
            return (offsets, [.. outputs]);
        }
    }

    private void Committed(IReadOnlyList<TopicPartitionOffset> offsets)
    {
        var done = new List<Waiting>();
        lock (_gate)
        {
            _inputs!.MarkCommitted(offsets);
            foreach (var offset in offsets)
            {
                var waiting = Of(offset.Topic, offset.Partition.Value);
                var below = waiting.TakeWhile(w => w.Key < offset.Offset.Value).Select(w => w.Value).ToList();
                foreach (var one in below) waiting.Remove(one.Input.Offset);
                done.AddRange(below);
            }
        }

        _buffer!.Charge(-done.Sum(w => w.SizeBytes));
        foreach (var one in done)
        {
            metrics.RecordsWritten.WithLabels(one.Record.Topic, "acknowledged").Inc();
            one.Done.TrySetResult(new RecordPosition(one.Record.Topic, -1, -1));
        }
    }

    /// <summary>Finds out how an unknown transaction ended: the group's offsets tell, once nothing of this name is open.</summary>
    private Error? Settle(Client client)
    {
        try
        {
            _writer!.Begin();
            var partitions = _inputs!.List();
            if (partitions.Count > 0)
                Committed([.. client.Committed(partitions, settings.RequestTimeout).Where(o => !o.Offset.IsSpecial)]);
            _unsure = false;
            return null;
        }
        catch (KafkaException e)
        {
            return e.Error;
        }
    }

    /// <summary>Drops outputs whose input was read under an assignment that has ended: the log was cut and made anew.</summary>
    private void DropStrangers()
    {
        var dropped = new List<Waiting>();
        lock (_gate)
        {
            foreach (var waiting in _waiting.Values)
            {
                dropped.AddRange(waiting.Values.Where(w => !_inputs!.Owns(w.Input)));
                foreach (var offset in waiting.Where(w => !_inputs!.Owns(w.Value.Input)).Select(w => w.Key).ToList()) waiting.Remove(offset);
            }
        }

        Drop(dropped);
    }

    private void Drop(List<Waiting> dropped)
    {
        _buffer?.Charge(-dropped.Sum(w => w.SizeBytes));
        foreach (var one in dropped) one.Done.TrySetException(new RecordAbandonedException(one.Input));
    }

    private sealed record Waiting(OutgoingRecord Record, RecordPosition Input, long SizeBytes)
    {
        public TaskCompletionSource<RecordPosition> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
