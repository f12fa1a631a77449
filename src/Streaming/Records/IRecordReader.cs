namespace MoodStream.Streaming.Records;

/// <summary>Reads single records again, by their position.</summary>
public interface IRecordReader
{
    /// <summary>The record at the position; null where the topic does not, or no longer, keep it.</summary>
    /// <exception cref="IOException">The broker did not answer in time.</exception>
    Task<ReceivedRecord?> ReadAsync(RecordPosition position, CancellationToken cancellation);
}
