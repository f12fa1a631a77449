using System.Text;

namespace MoodStream.Streaming.Records;

/// <summary>One record as it was read: untouched key, value and headers, so that a dead letter can repeat them.</summary>
/// <param name="Position">Where it was read.</param>
/// <param name="Key">Key bytes; null where the record has none.</param>
/// <param name="Value">Value bytes; empty or null where the record has none.</param>
/// <param name="Headers">Headers in their order; a name may occur more than once.</param>
/// <param name="Timestamp">When the producer made it, UTC.</param>
public sealed record ReceivedRecord(
    RecordPosition Position,
    byte[]? Key,
    byte[]? Value,
    IReadOnlyList<KeyValuePair<string, byte[]?>> Headers,
    DateTimeOffset Timestamp)
{
    /// <summary>The last header of that name as UTF-8 text; null where there is none.</summary>
    public string? Header(string name)
    {
        for (var i = Headers.Count - 1; i >= 0; i--)
            if (Headers[i].Key == name)
                return Headers[i].Value is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
        return null;
    }
}
