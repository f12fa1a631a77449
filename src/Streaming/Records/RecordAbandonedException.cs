namespace MoodStream.Streaming.Records;

/// <summary>
/// An output was not written since the record that it ends belongs to another consumer by now, which reads it again. No failure:
/// nothing is lost, and nothing is to be done.
/// </summary>
public sealed class RecordAbandonedException(RecordPosition input)
    : Exception($"The record {input} belongs to another consumer by now; its output was not written.")
{
    /// <summary>The record whose output was dropped.</summary>
    public RecordPosition Input { get; } = input;
}
