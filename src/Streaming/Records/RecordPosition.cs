namespace MoodStream.Streaming.Records;

/// <summary>Where a record lies: topic, partition and offset.</summary>
public readonly record struct RecordPosition(string Topic, int Partition, long Offset)
{
    /// <summary><c>topic-partition-offset</c>: the image id of a record that brings none.</summary>
    public override string ToString() => $"{Topic}-{Partition}-{Offset}";
}
