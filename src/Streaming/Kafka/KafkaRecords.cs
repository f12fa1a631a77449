using Confluent.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.Streaming.Kafka;

/// <summary>Translates between the client's records and ours; bytes are never looked at.</summary>
internal static class KafkaRecords
{
    /// <summary>A record as it was read.</summary>
    public static ReceivedRecord Received(ConsumeResult<byte[]?, byte[]?> result, int assignment) => new(
        new RecordPosition(result.Topic, result.Partition.Value, result.Offset.Value) { Assignment = assignment },
        result.Message.Key,
        result.Message.Value,
        [.. (result.Message.Headers ?? []).Select(h => KeyValuePair.Create(h.Key, (byte[]?)h.GetValueBytes()))],
        new DateTimeOffset(result.Message.Timestamp.UtcDateTime));

    /// <summary>A record to be written.</summary>
    public static Message<byte[]?, byte[]?> Outgoing(OutgoingRecord record)
    {
        var headers = new Headers();
        foreach (var (name, value) in record.Headers) headers.Add(name, value);
        return new Message<byte[]?, byte[]?> { Key = record.Key, Value = record.Value, Headers = headers };
    }

    /// <summary>Bytes that a record takes in the producer's queue, not counting the protocol's own.</summary>
    public static long SizeBytes(OutgoingRecord record) =>
        (record.Key?.LongLength ?? 0) + (record.Value?.LongLength ?? 0) + record.Headers.Sum(h => h.Key.Length + (h.Value?.LongLength ?? 0));
}
