namespace MoodStream.Streaming.Records;

/// <summary>A record to be written.</summary>
/// <param name="Topic">Topic.</param>
/// <param name="Key">Key bytes: the input's key stays the key.</param>
/// <param name="Value">Value bytes.</param>
/// <param name="Headers">Headers, in order.</param>
public sealed record OutgoingRecord(
    string Topic,
    byte[]? Key,
    byte[]? Value,
    IReadOnlyList<KeyValuePair<string, byte[]?>> Headers)
{
    /// <summary>
    /// The record that this one ends; null where it ends none. Under exactly-once its offset moves in the same transaction.
    /// </summary>
    public RecordPosition? Input { get; init; }
}

/// <summary>Writes records.</summary>
/// <remarks>
/// Done means: all in-sync replicas have acknowledged the record.
/// Order: records of one key keep the order of the calls. Repeats: the client's retries are idempotent.
/// On failure: throws <see cref="RecordNotWrittenException"/> once the client has given up.
/// </remarks>
public interface IRecordProducer
{
    /// <summary>Writes one record; the task completes when the broker has acknowledged it.</summary>
    /// <exception cref="RecordNotWrittenException">The broker refused the record, or did not answer in time.</exception>
    Task<RecordPosition> WriteAsync(OutgoingRecord record, CancellationToken cancellation);
}

/// <summary>A record was not acknowledged.</summary>
public sealed class RecordNotWrittenException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the record is too large for the broker or the topic.</summary>
    public bool TooLarge { get; init; }
}
