using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;
using Client = Confluent.Kafka.IConsumer<byte[]?, System.ArraySegment<byte>>;

namespace MoodStream.Streaming.Kafka;

/// <summary>A member of a consumer group: one poll thread, a bounded buffer, offsets committed behind what is finished.</summary>
/// <remarks>
/// Everything that touches the client happens on the poll thread, rebalances included; readers and completers only touch
/// <see cref="RecordBuffer"/> and <see cref="AssignedPartitions"/>. On stop and on revocation, records not yet taken are left to
/// the next owner; those taken are waited for up to the drain time. With an outbox, offsets move in its transactions, and
/// <see cref="Complete"/> does nothing: a record is completed by its output. After an error that the client cannot survive it is made
/// anew; what was in hand is read again.
/// </remarks>
public sealed partial class KafkaRecordConsumer : IRecordConsumer
{
    private static readonly TimeSpan PollWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PausedWait = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// How long a full buffer only holds up polling before partitions are paused. A pause throws away what was prefetched, and the
    /// client takes up to a second to fetch again after it; a reader that is merely slower than Kafka must not pay for that.
    /// </summary>
    private static readonly TimeSpan HoldTime = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan ReplaceWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(2);

    private readonly KafkaSettings _settings;
    private readonly KafkaTiming _timing;
    private readonly ConsumerSubscription _subscription;
    private readonly StreamingMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly AssignedPartitions _partitions = new();
    private readonly RecordBuffer _buffer;
    private readonly ConsumerTroubles _troubles = new();
    private readonly ConsumerLag _lag;
    private readonly HashSet<TopicPartition> _paused = [];
    private readonly HashSet<TopicPartition> _startless = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _disposing = new();
    private readonly TimeSpan _commitInterval;
    private readonly Offset _reset;
    private int _started;
    private bool _closing;
    private int _abandoned;
    private long _lostRecords;
    private long _lastCommit;
    private long _lastProbe;
    private long _lastStartLate;
    private long _lastPoll;
    private long? _fullSince;

    /// <summary>Prepares the consumer; <see cref="RunAsync"/> starts it.</summary>
    public KafkaRecordConsumer(
        KafkaSettings settings, ConsumerSubscription subscription, StreamingMetrics metrics, TimeProvider clock,
        ILogger<KafkaRecordConsumer> log)
    {
        (_settings, _subscription, _metrics, _clock, _log) = (settings, subscription, metrics, clock, log);
        _timing = KafkaTiming.Of(settings);
        _lag = new ConsumerLag(metrics, subscription.Group, _partitions.Committed, clock);
        _buffer = new RecordBuffer(_partitions, subscription.MaxBufferedRecords, subscription.MaxBufferedBytes);
        _lastPoll = clock.GetTimestamp();
        _commitInterval = subscription.Outbox is null ? _timing.CommitInterval : settings.TransactionInterval;
        _reset = KafkaClientConfig.StartWithout(subscription.OffsetReset ?? settings.OffsetReset);
    }

    /// <summary>Consumer group.</summary>
    public string Group => _subscription.Group;

    /// <inheritdoc/>
    public ChannelReader<ReceivedRecord> Records => _buffer;

    /// <inheritdoc/>
    public bool Assigned => _partitions.Count > 0;

    /// <summary>Partitions owned now.</summary>
    public int AssignedPartitions => _partitions.Count;

    /// <inheritdoc/>
    public ConsumerProgress Progress => new(
        _buffer.Count + _partitions.Taken + (_subscription.Outbox?.Count ?? 0), _partitions.Moves,
        _clock.GetElapsedTime(Volatile.Read(ref _lastPoll)), _troubles.BrokerSilent);

    /// <summary>Why the consumer does not do its work; null while it does.</summary>
    public string? Trouble => _troubles.Text;

    /// <summary>Whether it has stopped on an error, for good.</summary>
    public bool Faulted => _stopped.Task.IsFaulted;

    /// <summary>Whether its owner has let go of it.</summary>
    internal bool Disposed => _disposing.IsCancellationRequested;

    /// <summary>Records that were gone before they were read, because retention was faster; each was told in the log.</summary>
    public long LostRecords => Interlocked.Read(ref _lostRecords);

    /// <summary>Whether partitions are paused because the buffer is full.</summary>
    public bool Paused { get; private set; }

    /// <inheritdoc/>
    public void Complete(RecordPosition position)
    {
        if (_subscription.Outbox is not null) return;
        if (!_partitions.Complete(position)) _metrics.LateCompletions.WithLabels(Group).Inc();
    }

    /// <inheritdoc/>
    public void Hold(ReceivedRecord record) => _buffer.Charge(RecordSize.Held(record));

    /// <inheritdoc/>
    public void LetGo(ReceivedRecord record) => _buffer.Charge(-RecordSize.Held(record));

    /// <inheritdoc/>
    public bool Owns(RecordPosition position) => _partitions.Owns(position);

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It has been started before.</exception>
    /// <exception cref="KafkaException">The client met an error from which it cannot recover, or refused its configuration.</exception>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "Completed by the thread that is started here, which waits for no caller.")]
    public Task RunAsync(CancellationToken stopping)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0) throw new InvalidOperationException("A consumer runs once.");
        var thread = new Thread(() => Run(stopping)) { IsBackground = true, Name = $"poll {Group}" };
        thread.Start();
        return _stopped.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync();
        if (Interlocked.Exchange(ref _started, 1) == 0) _stopped.TrySetResult();
        _buffer.Complete(null);
        await ((Task)_stopped.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Run(CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, _disposing.Token);
        var fault = Attempt(() =>
        {
            _subscription.Outbox?.Bind(_subscription, _partitions, _buffer);
            while (Serve(stop.Token) is { } survivable)
            {
                _metrics.ConsumersReplaced.WithLabels(Group).Inc();
                _log.ConsumerReplaced(Group, survivable.Message);
                stop.Token.WaitHandle.WaitOne(ReplaceWait);
            }
        });
        if (fault is not null)
        {
            _troubles.Faulted(fault);
            _log.ConsumerFaulted(fault, Group);
        }

        _buffer.Complete(fault);   // where the client could not even be made
        if (fault is null) _stopped.TrySetResult();
        else _stopped.TrySetException(fault);
    }

    /// <summary>Serves with one client until told to stop.</summary>
    /// <returns>Null at the end; otherwise what the client did not survive, and another may.</returns>
    private Exception? Serve(CancellationToken stop)
    {
        using var client = Build();
        var cause = Attempt(() => Poll(client, stop));
        if (Survivable(cause) && !stop.IsCancellationRequested)
        {
            OnLost([.. _partitions.List()]);
            return cause;
        }

        _buffer.Complete(cause);
        Leave(client);
        if (cause is not null) ExceptionDispatchInfo.Throw(cause);
        return null;
    }

    // A static member that was fenced has a double: coming back would only fence the other, for ever.
    private static bool Survivable(Exception? cause) =>
        cause is KafkaException { Error: { IsFatal: true, Code: not (ErrorCode.FencedInstanceId or ErrorCode.GroupAuthorizationFailed) } };

    private void Poll(Client client, CancellationToken stop)
    {
        _log.ConsumerStarted(Group, string.Join(", ", _subscription.Topics), _settings.BootstrapServers);
        Recover();
        client.Subscribe(_subscription.Topics);
        _lastCommit = _lastProbe = _clock.GetTimestamp();
        while (!stop.IsCancellationRequested) PollOnce(client);
    }

    private void Recover()
    {
        try
        {
            _subscription.Outbox?.Recover();
        }
        catch (KafkaException e)
        {
            // Tried again with the first transaction.
            if (_troubles.NoCommit(e.Error.Reason)) _log.CommitFailed(Group, e.Error.Reason);
        }
    }

    private void PollOnce(Client client)
    {
        Volatile.Write(ref _lastPoll, _clock.GetTimestamp());
        AdjustFlow(client);
        if (_clock.GetElapsedTime(_lastCommit) >= _commitInterval) Commit(client);
        if (_troubles.BrokerSilent && _clock.GetElapsedTime(_lastProbe) >= ProbeInterval) Probe(client);
        if (_startless.Count > 0 && _clock.GetElapsedTime(_lastStartLate) >= ProbeInterval) StartLate(client);
        if (Paused || _buffer.Full) _buffer.WaitForRoom(half: Paused, PausedWait);
        if (!Paused && _buffer.Full) return;
        try
        {
            if (client.Consume(Paused ? TimeSpan.Zero : PollWait) is { Message: not null } result) Receive(client, result);
        }
        catch (ConsumeException e) when (!e.Error.IsFatal && e.Error.Code != ErrorCode.Local_AutoOffsetReset)
        {
            OnUnreadable(e);
        }
    }

    /// <summary>Pauses all partitions once the buffer has stayed full, those assigned meanwhile included; they go on at half of it.</summary>
    private void AdjustFlow(Client client)
    {
        _fullSince = _buffer.Full ? _fullSince ?? _clock.GetTimestamp() : null;
        if (Paused ? !_buffer.HasRoom : _fullSince is { } since && _clock.GetElapsedTime(since) >= HoldTime)
        {
            var running = _partitions.List().Where(p => !_paused.Contains(p)).ToList();
            if (running.Count > 0) client.Pause(running);
            _paused.UnionWith(running);
            if (!Paused) _metrics.Pauses.WithLabels(Group).Inc();
            Paused = true;
        }
        else if (Paused)
        {
            client.Resume(_paused);
            _paused.Clear();
            Paused = false;
        }

        _metrics.Paused.WithLabels([Group]).Set(Paused ? 1 : 0);
        _metrics.Buffered.WithLabels([Group]).Set(_buffer.Count);
    }

    private void Receive(Client client, ConsumeResult<byte[]?, ArraySegment<byte>> result)
    {
        if (_partitions.Track(result.TopicPartitionOffset) is not { } tracked) return;
        if (tracked.Expected is { } expected && expected != result.Offset.Value) Mismatch(client, result, expected);
        _troubles.BrokerAnswered();
        _metrics.RecordsRead.WithLabels([result.Topic]).Inc();
        var record = KafkaRecords.Received(result, tracked.Assignment, _subscription.RentsValues);
        _lag.Received(result.TopicPartition, record.Timestamp);
        _buffer.Add(record);
    }

    /// <summary>Commits, waits for what the reader has in hand, commits again and leaves the group.</summary>
    private void Leave(Client client)
    {
        Commit(client);
        _partitions.Drain(_partitions.List(), _timing.DrainTime);
        Commit(client);
        _closing = true;
        try
        {
            client.Close();
        }
        catch (KafkaException e)
        {
            _log.CommitFailed(Group, e.Error.Reason);
        }

        _subscription.Outbox?.Abandon(_partitions.List());
        _metrics.Assigned.WithLabels(Group).Set(0);
        _metrics.Paused.WithLabels(Group).Set(0);
        _log.ConsumerStopped(Group, _abandoned);
    }

    [SuppressMessage("Design", "CA1031", Justification =
        "The edge of the poll thread: whatever stopped it reaches the reader and RunAsync.")]
    private static Exception? Attempt(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
