using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Streaming.Kafka;

/// <summary>An idempotent producer with a bound on what is in flight; writes beyond it wait in the order of the calls.</summary>
/// <remarks>
/// A write that is cancelled while it waits is not made; one that is cancelled in flight may still be acknowledged by the broker.
/// After a fatal error every write throws and <see cref="Broken"/> says why: the process must be restarted.
/// Thread-safety: every member may be called from any thread.
/// </remarks>
public sealed class KafkaRecordProducer : IRecordProducer, IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<Pending> _waiting = new();
    private readonly IProducer<byte[]?, byte[]?> _client;
    private readonly KafkaSettings _settings;
    private readonly StreamingMetrics _metrics;
    private readonly ILogger _log;
    private int _records;
    private long _bytes;
    private int _disposed;

    /// <summary>Creates the client; it connects by itself, and again whenever it must.</summary>
    /// <exception cref="InvalidOperationException">The client refuses a key of <see cref="KafkaSettings.Client"/>.</exception>
    public KafkaRecordProducer(KafkaSettings settings, StreamingMetrics metrics, ILogger<KafkaRecordProducer> log)
    {
        (_settings, _metrics, _log) = (settings, metrics, log);
        _client = new ProducerBuilder<byte[]?, byte[]?>(KafkaClientConfig.Producer(settings))
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, line) => log.Client(line))
            .Build();
    }

    /// <summary>Why no record can be written any more; null while records can.</summary>
    public string? Broken { get; private set; }

    /// <summary>Records in flight: handed to the client and not yet acknowledged.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate) return _records;
        }
    }

    /// <summary>Handle for clients that share this one's connections.</summary>
    internal Handle Handle => _client.Handle;

    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">Cancelled; the record may have been written if it was in flight already.</exception>
    public Task<RecordPosition> WriteAsync(OutgoingRecord record, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(record);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<RecordPosition>(cancellation);

        var pending = new Pending(record, RecordSize.Of(record), cancellation);
        lock (_gate)
        {
            if (_waiting.Count == 0 && HasRoom(pending)) Send(pending);
            else _waiting.Enqueue(pending);
        }

        return pending.Done.Task.WaitAsync(cancellation);
    }

    /// <summary>Waits up to the drain time for what is in flight, then closes the client.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        var left = _client.Flush(KafkaTiming.Of(_settings).DrainTime);
        if (left > 0) _log.ProducerClosedEarly(left);
        _client.Dispose();
    }

    // One record always fits, however large: the client's own limit is what refuses it.
    private bool HasRoom(Pending pending) => _records == 0
        || (_records < _settings.MaxInFlightRecords && _bytes + pending.SizeBytes <= _settings.MaxInFlightBytes);

    private void Send(Pending pending)
    {
        try
        {
            _client.Produce(pending.Record.Topic, KafkaRecords.Outgoing(pending.Record), report => OnReport(pending, report));
            _records++;
            _bytes += pending.SizeBytes;
        }
        catch (KafkaException e)
        {
            Fail(pending, e.Error, e);
        }
    }

    private void OnReport(Pending pending, DeliveryReport<byte[]?, byte[]?> report)
    {
        lock (_gate)
        {
            _records--;
            _bytes -= pending.SizeBytes;
            while (_waiting.TryPeek(out var next) && HasRoom(next))
            {
                _waiting.Dequeue();
                if (!next.Cancellation.IsCancellationRequested) Send(next);
            }
        }

        if (report.Error.IsError)
        {
            Fail(pending, report.Error, null);
            return;
        }

        _metrics.RecordsWritten.WithLabels([report.Topic, "acknowledged"]).Inc();
        pending.Done.TrySetResult(new RecordPosition(report.Topic, report.Partition.Value, report.Offset.Value));
    }

    private void Fail(Pending pending, Error error, Exception? inner)
    {
        var record = pending.Record;
        _metrics.RecordsWritten.WithLabels(record.Topic, "refused").Inc();
        _metrics.KafkaErrors.WithLabels(KafkaErrorKind.Producer, KafkaErrorKind.Of(error)).Inc();
        var tooLarge = KafkaErrorKind.IsSize(error);
        pending.Done.TrySetException(new RecordNotWrittenException(
            $"A record of {pending.SizeBytes} bytes was not written to {record.Topic}: {error.Reason} ({error.Code}).", inner)
        {
            TooLarge = tooLarge,
        });
    }

    private void OnError(Error error)
    {
        _metrics.KafkaErrors.WithLabels(KafkaErrorKind.Producer, KafkaErrorKind.Of(error)).Inc();
        if (error.IsFatal)
        {
            Broken = error.Reason;
            _log.ProducerBroken(error.Reason);
        }
        else if (error.Code is ErrorCode.Local_AllBrokersDown or ErrorCode.Local_Authentication)
        {
            _log.ProducerTroubled(error.Reason);
        }
    }

    private sealed record Pending(OutgoingRecord Record, long SizeBytes, CancellationToken Cancellation)
    {
        public TaskCompletionSource<RecordPosition> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
