using System.Collections.Concurrent;
using System.Threading.Channels;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.ScorerTests.Fakes;

/// <summary>A consumer the test feeds; keeps what was completed.</summary>
internal sealed class FakeConsumer : IRecordConsumer, IRecordConsumerFactory
{
    private readonly Channel<ReceivedRecord> _records = Channel.CreateUnbounded<ReceivedRecord>();
    private readonly ConcurrentDictionary<int, bool> _lost = new();
    private readonly ConcurrentQueue<RecordPosition> _completed = new();
    private int _fed, _held;

    public IReadOnlyList<RecordPosition> Completed => [.. _completed];

    public int CompletedCount => _completed.Count;

    /// <summary>What the scorer subscribed to.</summary>
    public ConsumerSubscription? Subscription { get; private set; }

    public bool Disposed { get; private set; }

    /// <summary>Records that nobody has taken yet.</summary>
    public int Waiting => _records.Reader.Count;

    public ChannelReader<ReceivedRecord> Records => _records.Reader;

    public bool Assigned => true;

    public ConsumerProgress Progress => new(_fed - CompletedCount, CompletedCount, TimeSpan.Zero, BrokerSilent: false);

    public IRecordConsumer Create(ConsumerSubscription subscription)
    {
        Subscription = subscription;
        return this;
    }

    public void Write(params IEnumerable<ReceivedRecord> records)
    {
        foreach (var record in records)
        {
            Assert.True(_records.Writer.TryWrite(record));
            Interlocked.Increment(ref _fed);
        }
    }

    /// <summary>Another member has the partition from now on.</summary>
    public void Lose(int partition) => _lost[partition] = true;

    /// <summary>Polling meets a fatal error.</summary>
    public void Break(Exception error) => _records.Writer.Complete(error);

    public void Complete(RecordPosition position) => _completed.Enqueue(position);

    /// <summary>Records that wait for the acknowledgement of their output.</summary>
    public int Held => _held;

    public void Hold(ReceivedRecord record) => Interlocked.Increment(ref _held);

    public void LetGo(ReceivedRecord record) => Interlocked.Decrement(ref _held);

    public bool Owns(RecordPosition position) => !_lost.ContainsKey(position.Partition);

    public async Task RunAsync(CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stopping.Register(() => stopped.TrySetResult());
        await stopped.Task;
        _records.Writer.TryComplete();
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}

/// <summary>Keeps what was written; holds acknowledgements back or fails on demand.</summary>
internal sealed class FakeProducer : IRecordProducer
{
    private readonly ConcurrentQueue<OutgoingRecord> _called = new(), _written = new();

    /// <summary>What the scorer asked to write, in that order.</summary>
    public IReadOnlyList<OutgoingRecord> Called => [.. _called];

    /// <summary>What was acknowledged.</summary>
    public IReadOnlyList<OutgoingRecord> Written => [.. _written];

    /// <summary>Acknowledgements wait for this; null acknowledges at once.</summary>
    public TaskCompletionSource? HeldBack { get; set; }

    /// <summary>Thrown instead of acknowledging, for the records it is given for.</summary>
    public Func<OutgoingRecord, Exception?>? Failure { get; set; }

    /// <summary>Awaited before a record is acknowledged; null acknowledges at once.</summary>
    public Func<OutgoingRecord, Task>? BeforeAcknowledging { get; set; }

    public async Task<RecordPosition> WriteAsync(OutgoingRecord record, CancellationToken cancellation)
    {
        _called.Enqueue(record);
        if (Failure?.Invoke(record) is { } failure) throw failure;
        if (HeldBack is { } held) await held.Task.WaitAsync(cancellation);
        if (BeforeAcknowledging is { } before) await before(record).WaitAsync(cancellation);
        _written.Enqueue(record);
        return new(record.Topic, 0, _written.Count - 1);
    }

    public IReadOnlyList<OutgoingRecord> WrittenTo(string topic) => [.. _written.Where(r => r.Topic == topic)];
}
