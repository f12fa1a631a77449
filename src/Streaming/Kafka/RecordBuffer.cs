using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using MoodStream.Streaming.Records;

namespace MoodStream.Streaming.Kafka;

/// <summary>Records between the poll thread and the reader: bounded by count and bytes, and swept of partitions that have gone.</summary>
/// <remarks>
/// The poll thread asks <see cref="Full"/> before it reads on, so that the bound holds to within one record; it never waits here.
/// A record whose partition was revoked before it was taken is left out: its next owner reads it.
/// </remarks>
internal sealed class RecordBuffer(AssignedPartitions partitions, int maxRecords, long maxBytes) : ChannelReader<ReceivedRecord>
{
    private readonly Channel<ReceivedRecord> _channel =
        Channel.CreateUnbounded<ReceivedRecord>(new UnboundedChannelOptions { SingleWriter = true });

    private readonly object _room = new();
    private volatile bool _waiting;
    private long _bytes;
    private int _records;

    /// <summary>Whether partitions must be paused.</summary>
    public bool Full => Volatile.Read(ref _records) >= maxRecords || Volatile.Read(ref _bytes) >= maxBytes;

    /// <summary>Whether paused partitions may go on: half of both bounds is free.</summary>
    public bool HasRoom => Volatile.Read(ref _records) <= maxRecords / 2 && Volatile.Read(ref _bytes) <= maxBytes / 2;

    /// <inheritdoc/>
    [SuppressMessage("Usage", "VSTHRD003", Justification = "The inner channel's own completion; nothing here waits for it.")]
    public override Task Completion => _channel.Reader.Completion;

    /// <inheritdoc/>
    public override bool CanCount => true;

    /// <inheritdoc/>
    public override int Count => Volatile.Read(ref _records);

    /// <summary>Counts bytes that the records of this buffer take elsewhere, so that one bound holds for all; negative: given back.</summary>
    public void Charge(long bytes)
    {
        Interlocked.Add(ref _bytes, bytes);
        if (bytes < 0 && _waiting && !Full) Wake();
    }

    /// <summary>Adds a record; the poll thread alone does.</summary>
    public void Add(ReceivedRecord record)
    {
        Interlocked.Increment(ref _records);
        Interlocked.Add(ref _bytes, RecordSize.Of(record));
        _channel.Writer.TryWrite(record);
    }

    /// <summary>Waits until a record fits again, or half of the buffer is free, or the patience ends; may return early.</summary>
    public void WaitForRoom(bool half, TimeSpan patience)
    {
        lock (_room)
        {
            _waiting = true;
            if (half ? !HasRoom : Full) Monitor.Wait(_room, patience);
            _waiting = false;
        }
    }

    /// <summary>Ends the records, with what stopped them.</summary>
    public void Complete(Exception? fault) => _channel.Writer.TryComplete(fault);

    /// <inheritdoc/>
    public override bool TryRead([MaybeNullWhen(false)] out ReceivedRecord item)
    {
        while (_channel.Reader.TryRead(out item))
        {
            Interlocked.Decrement(ref _records);
            Interlocked.Add(ref _bytes, -RecordSize.Of(item));
            if (_waiting && !Full) Wake();
            if (partitions.TryTake(item.Position)) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) =>
        _channel.Reader.WaitToReadAsync(cancellationToken);

    private void Wake()
    {
        lock (_room) Monitor.PulseAll(_room);
    }
}
