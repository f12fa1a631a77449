using Confluent.Kafka;
using MoodStream.Streaming.Kafka;
using MoodStream.Streaming.Records;

namespace MoodStream.StreamingTests.Kafka;

/// <summary>Values in memory from a pool: the same bytes, given back once.</summary>
public sealed class ValueDeserializerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Received_Value_IsWhatTheRecordHolds(bool rented)
    {
        var record = Received("value"u8, isNull: false, rented);
        Assert.Equal("value"u8.ToArray(), record.Bytes.ToArray());
        Assert.Equal("value"u8.ToArray(), record.Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Received_NullAndEmpty_StayWhatTheyAre(bool rented)
    {
        Assert.Null(Received([], isNull: true, rented).Value);
        Assert.Empty(Received([], isNull: false, rented).Value!);
        Assert.True(Received([], isNull: true, rented).Bytes.IsEmpty);
    }

    [Fact]
    public void Release_ThenAnotherRecord_TakesTheSameMemory()
    {
        var first = Received("first"u8, isNull: false, rented: true);
        var memory = first.Bytes;
        first.Release();
        var second = Received("other"u8, isNull: false, rented: true);

        Assert.Equal("other"u8.ToArray(), second.Bytes.ToArray());
        Assert.Equal("other"u8.ToArray(), memory.ToArray());
        Assert.True(first.Bytes.IsEmpty);
    }

    [Fact]
    public void Release_Twice_GivesTheMemoryToOneAlone()
    {
        var first = Received("first"u8, isNull: false, rented: true);
        first.Release();
        first.Release();
        var (second, third) = (Received("other"u8, isNull: false, rented: true), Received("third"u8, isNull: false, rented: true));

        Assert.Equal(("other", "third"), (Text(second), Text(third)));
    }

    private static string Text(ReceivedRecord record) => System.Text.Encoding.UTF8.GetString(record.Bytes.Span);

    private static ReceivedRecord Received(ReadOnlySpan<byte> value, bool isNull, bool rented)
    {
        var reading = rented ? ValueDeserializer.Renting : ValueDeserializer.Owning;
        return KafkaRecords.Received(
            new ConsumeResult<byte[]?, ArraySegment<byte>>
            {
                Topic = "images", Partition = 1, Offset = 2,
                Message = new() { Value = reading.Deserialize(value, isNull, SerializationContext.Empty), Headers = [] },
            },
            assignment: 1, rented);
    }
}
