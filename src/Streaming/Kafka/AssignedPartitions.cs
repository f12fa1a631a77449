using System.Diagnostics;
using Confluent.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.Streaming.Kafka;

/// <summary>The partitions a consumer owns, and how far each has come.</summary>
/// <remarks>
/// Every assignment of a partition has a number of its own: a record read under an earlier one is a stranger, even where the same
/// partition has come back. Thread-safety: every member may be called from any thread.
/// </remarks>
internal sealed class AssignedPartitions
{
    private readonly object _gate = new();
    private readonly Dictionary<(string Topic, int Partition), Progress> _partitions = [];
    private int _assignments;
    private long _moves;

    /// <summary>Partitions owned now.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _partitions.Count;
        }
    }

    /// <summary>Records in the reader's hands, over all partitions.</summary>
    public int Taken
    {
        get
        {
            lock (_gate) return _partitions.Values.Sum(p => p.Taken);
        }
    }

    /// <summary>How often committed offsets have moved.</summary>
    public long Moves
    {
        get
        {
            lock (_gate) return _moves;
        }
    }

    /// <summary>The partitions owned now.</summary>
    public IReadOnlyList<TopicPartition> List()
    {
        lock (_gate) return [.. _partitions.Keys.Select(k => new TopicPartition(k.Topic, new Partition(k.Partition)))];
    }

    /// <summary>Begins to own a partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="committed">Offset the group has committed, which is the next one expected; null where it has none.</param>
    public void Add(TopicPartition partition, long? committed)
    {
        lock (_gate) _partitions[Key(partition)] = new Progress(++_assignments, committed, committed);
    }

    /// <summary>Takes note of a record that was read.</summary>
    /// <returns>The assignment it was read under and the offset that was expected; null where the partition is not owned.</returns>
    public Tracked? Track(TopicPartitionOffset read)
    {
        lock (_gate)
        {
            if (!_partitions.TryGetValue(Key(read.TopicPartition), out var progress)) return null;
            var expected = progress.Expected;
            if (read.Offset.Value < expected)
            {
                // The log was cut or made anew: what was known of its offsets no longer holds.
                progress = new Progress(++_assignments, null, null);
                _partitions[Key(read.TopicPartition)] = progress;
            }

            progress.Watermark.Track(read.Offset.Value);
            progress.Expected = read.Offset.Value + 1;
            return new Tracked(progress.Assignment, expected);
        }
    }

    /// <summary>Hands a record to the reader: from now on its completion is waited for.</summary>
    /// <returns>False where the partition has gone, or is about to go: the record is left to its next owner.</returns>
    public bool TryTake(RecordPosition position)
    {
        lock (_gate)
        {
            if (Find(position) is not { Leaving: false } progress) return false;
            progress.Taken++;
            return true;
        }
    }

    /// <summary>Takes note that a record has ended somewhere.</summary>
    /// <returns>False where it is not in flight under the present assignment: it was ignored.</returns>
    public bool Complete(RecordPosition position)
    {
        lock (_gate)
        {
            if (Find(position) is not { } progress || !progress.Watermark.Complete(position.Offset)) return false;
            progress.Taken--;
            if (progress.Taken == 0) Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Whether the partition is owned under the assignment the position was read with.</summary>
    public bool Owns(RecordPosition position)
    {
        lock (_gate) return Find(position) is not null;
    }

    /// <summary>Stops handing out records of these partitions and waits until those in the reader's hands are completed.</summary>
    /// <returns>Records that were not completed in time.</returns>
    public int Drain(IEnumerable<TopicPartition> partitions, TimeSpan patience)
    {
        var begin = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            var leaving = partitions.Select(p => _partitions.GetValueOrDefault(Key(p))).OfType<Progress>().ToList();
            foreach (var progress in leaving) progress.Leaving = true;
            while (leaving.Exists(p => p.Taken > 0))
            {
                var left = patience - Stopwatch.GetElapsedTime(begin);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left)) break;
            }

            return leaving.Sum(p => p.Taken);
        }
    }

    /// <summary>Offset that the group has committed of a partition; null where it has none, or the partition is not owned.</summary>
    public long? Committed(TopicPartition partition)
    {
        lock (_gate) return _partitions.GetValueOrDefault(Key(partition))?.Committed;
    }

    /// <summary>Whether it is known where the partition goes on: a record of it was read, or its start was told; true where it is not owned.</summary>
    public bool HasBegun(TopicPartition partition)
    {
        lock (_gate) return _partitions.GetValueOrDefault(Key(partition)) is not { Expected: null };
    }

    /// <summary>Offsets that have moved since they were last committed.</summary>
    /// <param name="only">Partitions to look at; null for all.</param>
    public List<TopicPartitionOffset> Committable(IReadOnlyCollection<TopicPartition>? only = null)
    {
        lock (_gate)
        {
            var wanted = only?.Select(Key).ToHashSet();
            return
            [
                .. from entry in _partitions
                   where wanted is null || wanted.Contains(entry.Key)
                   let offset = entry.Value.Watermark.Committable
                   where offset is not null && offset != entry.Value.Committed
                   select new TopicPartitionOffset(entry.Key.Topic, new Partition(entry.Key.Partition), new Offset(offset.Value)),
            ];
        }
    }

    /// <summary>Takes note that offsets were committed.</summary>
    public void MarkCommitted(IEnumerable<TopicPartitionOffset> offsets)
    {
        lock (_gate)
        {
            _moves++;
            foreach (var offset in offsets)
                if (_partitions.TryGetValue(Key(offset.TopicPartition), out var progress)) progress.Committed = offset.Offset.Value;
        }
    }

    /// <summary>Ceases to own partitions. Completions of their records are ignored from now on.</summary>
    /// <returns>Records that were in the reader's hands: they are abandoned, and delivered again to the next owner.</returns>
    public int Remove(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            var abandoned = 0;
            foreach (var partition in partitions)
                if (_partitions.Remove(Key(partition), out var progress)) abandoned += progress.Taken;
            return abandoned;
        }
    }

    private static (string Topic, int Partition) Key(TopicPartition partition) => (partition.Topic, partition.Partition.Value);

    private Progress? Find(RecordPosition position) =>
        _partitions.TryGetValue((position.Topic, position.Partition), out var progress) && progress.Assignment == position.Assignment
            ? progress
            : null;

    /// <summary>What reading a record told.</summary>
    /// <param name="Assignment">Number of the assignment it was read under.</param>
    /// <param name="Expected">Offset that should have come; null where nothing was known.</param>
    internal readonly record struct Tracked(int Assignment, long? Expected);

    private sealed class Progress(int assignment, long? expected, long? committed)
    {
        public int Assignment { get; } = assignment;

        public OffsetWatermark Watermark { get; } = new();

        public long? Expected { get; set; } = expected;

        public long? Committed { get; set; } = committed;

        public int Taken { get; set; }

        public bool Leaving { get; set; }
    }
}
