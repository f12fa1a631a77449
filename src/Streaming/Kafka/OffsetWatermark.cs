namespace MoodStream.Streaming.Kafka;

/// <summary>How far the offset of one partition may move: past every finished record that has no unfinished one before it.</summary>
/// <remarks>
/// Offsets come in rising order and may leave gaps. Cost: O(1) amortised to track, O(log n) to complete, n records in flight.
/// Thread-safety: owned by one thread at a time; <see cref="AssignedPartitions"/> holds the lock.
/// </remarks>
internal sealed class OffsetWatermark
{
    private readonly List<Entry> _entries = [];
    private int _head;

    /// <summary>Offset that may be committed: one past the last record of the finished prefix; null before the first.</summary>
    public long? Committable { get; private set; }

    /// <summary>Records tracked and not finished.</summary>
    public int InFlight { get; private set; }

    /// <summary>Takes note of a record that was read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset does not lie above the one before.</exception>
    public void Track(long offset)
    {
        if (_entries.Count > 0) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(offset, _entries[^1].Offset);
        if (Committable is { } committable) ArgumentOutOfRangeException.ThrowIfLessThan(offset, committable);
        _entries.Add(new Entry(offset));
        InFlight++;
    }

    /// <summary>Takes note that a record has ended somewhere.</summary>
    /// <returns>Whether it was in flight: false for an offset never tracked, and the second time.</returns>
    public bool Complete(long offset)
    {
        var at = Find(offset);
        if (at < 0 || _entries[at].Done) return false;

        _entries[at] = _entries[at] with { Done = true };
        InFlight--;
        Advance();
        return true;
    }

    private void Advance()
    {
        while (_head < _entries.Count && _entries[_head].Done) Committable = _entries[_head++].Offset + 1;
        if (_head < _entries.Count && _head * 2 < _entries.Count) return;

        _entries.RemoveRange(0, _head);   // at least half is finished: each entry is moved once on average
        _head = 0;
    }

    private int Find(long offset)
    {
        var (low, high) = (_head, _entries.Count - 1);
        while (low <= high)
        {
            var middle = low + ((high - low) / 2);
            if (_entries[middle].Offset == offset) return middle;
            if (_entries[middle].Offset < offset) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }

    private readonly record struct Entry(long Offset, bool Done = false);
}
