using Confluent.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.Streaming.Kafka;

/// <summary>Copies the value of a record out of the client's memory: into an array of its own, or into one from a pool.</summary>
internal sealed class ValueDeserializer : IDeserializer<ArraySegment<byte>>
{
    private readonly bool _rents;

    private ValueDeserializer(bool rents) => _rents = rents;

    /// <summary>Into arrays of their own.</summary>
    public static ValueDeserializer Owning { get; } = new(rents: false);

    /// <summary>Into arrays from a pool, which whoever ends a record gives back.</summary>
    public static ValueDeserializer Renting { get; } = new(rents: true);

    /// <inheritdoc/>
    public ArraySegment<byte> Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        if (isNull) return default;
        return _rents && !data.IsEmpty ? ReceivedRecord.Rent(data) : data.ToArray();
    }
}
