using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using MoodStream.Streaming.Kafka;

namespace MoodStream.Trainer.Accumulation;

/// <summary>What happened to partitions.</summary>
internal enum PartitionEvent
{
    /// <summary>They came.</summary>
    Begun,

    /// <summary>They are about to go.</summary>
    Ending,

    /// <summary>They have gone.</summary>
    Lost,
}

/// <summary>Partitions that came or went, with what is stored of those that came.</summary>
/// <param name="Event">What happened.</param>
/// <param name="Names">The partitions.</param>
/// <param name="Taken">What was taken, by gate; of partitions that came only.</param>
internal sealed record PartitionNotice(
    PartitionEvent Event, IReadOnlyList<PartitionName> Names, IReadOnlyList<(string Gate, PartitionName Name, StoredPartition Stored)> Taken);

/// <summary>
/// Takes partitions out of Redis when Kafka gives them, on the poll thread, so that reading begins at the stored offset; and passes
/// what happened on to whoever learns.
/// </summary>
internal sealed class PartitionArrivals(PartitionStore store, CancellationToken stopping) : IPartitionOwner
{
    private readonly ConcurrentQueue<PartitionNotice> _notices = new();

    private readonly Channel<bool> _signal =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Completes when there may be a notice.</summary>
    public ChannelReader<bool> Signal => _signal.Reader;

    /// <summary>Takes the oldest notice.</summary>
    public bool TryTake([NotNullWhen(true)] out PartitionNotice? notice) => _notices.TryDequeue(out notice);

    /// <inheritdoc/>
    [SuppressMessage("Usage", "VSTHRD002", Justification = "The poll thread, which nothing waits for; a rebalance ends when offsets are known.")]
    public IReadOnlyList<long?> Begin(IReadOnlyList<(string Topic, int Partition)> partitions)
    {
        if (partitions.Count == 0) return [];
        var names = Names(partitions);
        var taken = Task.Run(() => TakeAsync(names), stopping).GetAwaiter().GetResult();
        Tell(new(PartitionEvent.Begun, names, taken));
        // Gates go on at their own offsets, and pass over what they have had: reading begins with the first that lacks something.
        return [.. names.Select(n => taken.Where(t => t.Name == n).Select(t => (long?)t.Stored.Offset).Min())];
    }

    /// <inheritdoc/>
    public void End(IReadOnlyList<(string Topic, int Partition)> partitions) => Tell(new(PartitionEvent.Ending, Names(partitions), []));

    /// <inheritdoc/>
    public void Lose(IReadOnlyList<(string Topic, int Partition)> partitions) => Tell(new(PartitionEvent.Lost, Names(partitions), []));

    private async Task<IReadOnlyList<(string Gate, PartitionName Name, StoredPartition Stored)>> TakeAsync(IReadOnlyList<PartitionName> names)
    {
        var taken = new List<(string, PartitionName, StoredPartition)>();
        foreach (var gate in await store.GatesAsync(stopping))
        {
            foreach (var name in (await store.PartitionsAsync(gate, stopping)).Intersect(names))
                taken.Add((gate, name, await store.TakeAsync(gate, name, stopping)));
        }

        return taken;
    }

    private void Tell(PartitionNotice notice)
    {
        _notices.Enqueue(notice);
        _signal.Writer.TryWrite(true);
    }

    private static PartitionName[] Names(IReadOnlyList<(string Topic, int Partition)> partitions) =>
        [.. partitions.Select(p => new PartitionName(p.Topic, p.Partition))];
}
