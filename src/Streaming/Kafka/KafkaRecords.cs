using Confluent.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.Streaming.Kafka;

/// <summary>Translates between the client's records and ours; bytes are never looked at.</summary>
internal static class KafkaRecords
{
    /// <summary>A record as it was read.</summary>
    public static ReceivedRecord Received(ConsumeResult<byte[]?, byte[]?> result, int assignment) => new(
        PositionOf(result, assignment), result.Message.Key, result.Message.Value, HeadersOf(result.Message.Headers),
        new DateTimeOffset(result.Message.Timestamp.UtcDateTime));

    /// <summary>A record as <see cref="ValueDeserializer"/> read it.</summary>
    public static ReceivedRecord Received(ConsumeResult<byte[]?, ArraySegment<byte>> result, int assignment, bool rented)
    {
        var (position, key, value, headers) = (PositionOf(result, assignment), result.Message.Key, result.Message.Value, HeadersOf(result.Message.Headers));
        var at = new DateTimeOffset(result.Message.Timestamp.UtcDateTime);
        return rented && value.Count > 0 ? ReceivedRecord.Renting(position, key, value, headers, at) : new(position, key, value.Array, headers, at);
    }

    /// <summary>A record to be written.</summary>
    public static Message<byte[]?, byte[]?> Outgoing(OutgoingRecord record)
    {
        var headers = new Headers();
        for (var i = 0; i < record.Headers.Count; i++) headers.Add(record.Headers[i].Key, record.Headers[i].Value);
        return new Message<byte[]?, byte[]?> { Key = record.Key, Value = record.Value, Headers = headers };
    }

    private static RecordPosition PositionOf<T>(ConsumeResult<byte[]?, T> result, int assignment) =>
        new(result.Topic, result.Partition.Value, result.Offset.Value) { Assignment = assignment };

    private static KeyValuePair<string, byte[]?>[] HeadersOf(Headers? headers)
    {
        if (headers is null || headers.Count == 0) return [];
        var all = new KeyValuePair<string, byte[]?>[headers.Count];
        for (var i = 0; i < all.Length; i++) all[i] = new(headers[i].Key, headers[i].GetValueBytes());
        return all;
    }
}
