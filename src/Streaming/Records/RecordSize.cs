namespace MoodStream.Streaming.Records;

/// <summary>Bytes of a record's key, value and headers, not counting the protocol's own.</summary>
internal static class RecordSize
{
    /// <summary>What a record without key, value and headers takes in memory, with the tasks that wait for its output; about.</summary>
    private const int Overhead = 1 << 10;

    /// <summary>Of a record that is kept in memory, with what is around it.</summary>
    public static long Held(ReceivedRecord record) => Overhead + Of(record);

    /// <summary>Of a record that was read.</summary>
    public static long Of(ReceivedRecord record) => (record.Key?.LongLength ?? 0) + record.Bytes.Length + Of(record.Headers);

    /// <summary>Of a record to be written.</summary>
    public static long Of(OutgoingRecord record) => (record.Key?.LongLength ?? 0) + (record.Value?.LongLength ?? 0) + Of(record.Headers);

    private static long Of(IReadOnlyList<KeyValuePair<string, byte[]?>> headers)
    {
        var bytes = 0L;
        for (var i = 0; i < headers.Count; i++) bytes += headers[i].Key.Length + (headers[i].Value?.LongLength ?? 0);
        return bytes;
    }
}
