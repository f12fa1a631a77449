namespace MoodStream.Streaming.Records;

/// <summary>Where a record lies: topic, partition and offset.</summary>
public readonly record struct RecordPosition(string Topic, int Partition, long Offset)
{
    /// <summary>
    /// Which assignment of the partition the record was read under; 0 where it was not read by a consumer. It says whose record
    /// this is, not which one: two positions that differ in it alone are equal.
    /// </summary>
    public int Assignment { get; init; }

    /// <summary>Whether both name the same record, whoever read it.</summary>
    public bool Equals(RecordPosition other) =>
        Offset == other.Offset && Partition == other.Partition && string.Equals(Topic, other.Topic, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Topic, Partition, Offset);

    /// <summary><c>topic-partition-offset</c>: the image id of a record that brings none.</summary>
    public override string ToString() => $"{Topic}-{Partition}-{Offset}";
}
