namespace MoodStream.Streaming.Kafka;

/// <summary>Keeps how far each partition was read together with what its records amount to, so that both move at once or not at all.</summary>
/// <remarks>
/// Called: in rebalances, from the poll thread alone; may block for as long as a rebalance may take.
/// Order: <see cref="Begin"/>, then records of those partitions, then <see cref="End"/> or <see cref="Lose"/>.
/// On failure: throws; the consumer stops with it.
/// </remarks>
public interface IPartitionOwner
{
    /// <summary>Partitions have come.</summary>
    /// <returns>The offset to go on at in each of them, in their order; null for the oldest record there is.</returns>
    IReadOnlyList<long?> Begin(IReadOnlyList<(string Topic, int Partition)> partitions);

    /// <summary>Partitions are about to go; what is in hand of them is waited for up to the drain time.</summary>
    void End(IReadOnlyList<(string Topic, int Partition)> partitions);

    /// <summary>Partitions have gone without notice: another member may read them already.</summary>
    void Lose(IReadOnlyList<(string Topic, int Partition)> partitions);
}
