using MoodStream.Streaming.Records;

namespace MoodStream.Streaming.Kafka;

/// <summary>What a consumer reads, and how much of it may wait in memory.</summary>
public sealed record ConsumerSubscription
{
    /// <summary>Consumer group.</summary>
    public required string Group { get; init; }

    /// <summary>Topics.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>Records read and not yet taken at which partitions are paused; they go on at half of it. Default 256.</summary>
    public int MaxBufferedRecords { get; init; } = 256;

    /// <summary>Bytes of keys, values and headers at which partitions are paused: of records not yet taken, and of those that wait for their outputs. Default 64 MiB.</summary>
    public long MaxBufferedBytes { get; init; } = 64L << 20;

    /// <summary>Whether values lie in memory from a pool, which whoever ends a record gives back (<see cref="ReceivedRecord.Release"/>).</summary>
    public bool RentsValues { get; init; }

    /// <summary>Name of this member for static membership: it may restart within its session and keep its partitions. Null: dynamic.</summary>
    public string? StaticMember { get; init; }

    /// <summary>
    /// Where the outputs of this consumer's records are written with their offsets, in one transaction; null where each offset moves
    /// behind an output that was acknowledged before.
    /// </summary>
    public TransactionalOutbox? Outbox { get; init; }

    /// <summary>Where the group begins without a committed offset; null takes <see cref="KafkaSettings.OffsetReset"/>.</summary>
    public OffsetReset? OffsetReset { get; init; }

    /// <summary>
    /// Who keeps the offsets together with what the records amount to; null where Kafka keeps them. Offsets are committed to Kafka all
    /// the same, so that lag can be seen.
    /// </summary>
    public IPartitionOwner? Owner { get; init; }
}
