using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MoodStream.Contracts;
using MoodStream.Streaming.DeadLetters;
using MoodStream.Streaming.Records;
using MoodStream.StreamingTests.Images;
using MoodStream.StreamingTests.Kafka;
using MoodStream.TestKit.Embedded;

namespace MoodStream.StreamingTests.DeadLetters;

public sealed class DeadLetterWriterTests(EmbeddedKafkaFixture kafka) : IClassFixture<EmbeddedKafkaFixture>, IDisposable
{
    private const int TakesMore = 4 * DeadLetterWriter.MaxInlineBytes;

    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, 89, TimeSpan.Zero);

    private readonly ImageFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteAsync_AnyBytes_ComeBackAsTheyWereWithTheReasonBehind()
    {
        byte[] key = [0, 1, 254], value = Bytes(50_000, seed: 3);
        KeyValuePair<string, byte[]?>[] headers = [new("x", [7, 0]), new("x", []), new("dead-letter-reason", "earlier"u8.ToArray())];
        var letter = await RoundTripAsync(Received(key, value, headers), DeadLetterReason.Truncated, "ends early");

        Assert.Equal(key, letter.Key);
        Assert.Equal(value, letter.Value);
        Assert.Equal(headers.Select(h => h.Key), letter.Headers.Take(3).Select(h => h.Key));
        Assert.Equal(headers.SelectMany(h => h.Value!), letter.Headers.Take(3).SelectMany(h => h.GetValueBytes()));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["dead-letter-reason"] = "truncated",
                ["dead-letter-detail"] = "ends early",
                ["dead-letter-topic"] = "in",
                ["dead-letter-partition"] = "3",
                ["dead-letter-offset"] = "42",
                ["dead-letter-time"] = "2026-03-04T05:06:07.089Z",
                ["dead-letter-by"] = "test@here",
            },
            letter.Headers.Skip(3).ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes())));
    }

    [Fact]
    public async Task WriteAsync_NoKeyNoValue_StayNone()
    {
        var letter = await RoundTripAsync(Received(null, null, []), DeadLetterReason.Empty, "nothing");
        Assert.Null(letter.Key);
        Assert.Null(letter.Value);
    }

    [Fact]
    public async Task WriteAsync_LongDetail_IsCutAtAWholeCharacter()
    {
        var detail = new string('a', DeadLetterWriter.MaxDetailCharacters - 1) + "😀";
        var letter = await RoundTripAsync(Received(null, [1], []), DeadLetterReason.Undecodable, detail);
        Assert.Equal(new string('a', DeadLetterWriter.MaxDetailCharacters - 1), Header(letter, RecordHeaders.DeadLetterDetail));
    }

    [Fact]
    public async Task WriteAsync_ValueTooLargeForTheBroker_IsKeptInTheImageStore()
    {
        var value = Bytes(60_000, seed: 4);
        var letter = await RoundTripAsync(Received([1], value, [new("h", [2])]), DeadLetterReason.TooManyBytes, "large", maxMessageBytes: 50_000);

        Assert.Null(letter.Value);
        Assert.Equal([1], letter.Key);
        Assert.Equal([2], letter.Headers[0].GetValueBytes());
        Assert.Equal(DeadLetterEvidenceKinds.Value, Header(letter, RecordHeaders.DeadLetterEvidenceKind));
        Assert.Equal(value, await EvidenceAsync(letter));
    }

    [Fact]
    public async Task WriteAsync_HeadersTooLargeForTheBroker_WholeRecordIsKeptInTheImageStore()
    {
        byte[] key = [9], value = Bytes(100, seed: 5), header = Bytes(60_000, seed: 6);
        var letter = await RoundTripAsync(Received(key, value, [new("h", header), new("none", null)]), DeadLetterReason.Undecodable, "odd", maxMessageBytes: 50_000);

        Assert.Null(letter.Value);
        Assert.Equal("undecodable", Header(letter, RecordHeaders.DeadLetterReason));
        Assert.Equal(DeadLetterEvidenceKinds.Record, Header(letter, RecordHeaders.DeadLetterEvidenceKind));
        var record = JsonDocument.Parse(await EvidenceAsync(letter)).RootElement;
        Assert.Equal(key, record.GetProperty("key").GetBytesFromBase64());
        Assert.Equal(value, record.GetProperty("value").GetBytesFromBase64());
        Assert.Equal(header, record.GetProperty("headers")[0].GetProperty("value").GetBytesFromBase64());
        Assert.Equal(JsonValueKind.Null, record.GetProperty("headers")[1].GetProperty("value").ValueKind);
    }

    [Theory]
    [InlineData(DeadLetterWriter.MaxInlineBytes, 10, DeadLetterEvidenceKinds.Value)]
    [InlineData(10, DeadLetterWriter.MaxInlineBytes, DeadLetterEvidenceKinds.Record)]
    public async Task WriteAsync_LargeForAKafkaThatTakesMore_IsKeptInTheImageStoreAllTheSame(int valueBytes, int headerBytes, string kind)
    {
        byte[] value = Bytes(valueBytes, seed: 7), header = Bytes(headerBytes, seed: 8);
        var letter = await RoundTripAsync(
            Received([1], value, [new("h", header)]), DeadLetterReason.Undecodable, "large", maxMessageBytes: TakesMore, storeBytes: TakesMore);

        Assert.Null(letter.Value);
        Assert.Equal(kind, Header(letter, RecordHeaders.DeadLetterEvidenceKind));
        var evidence = await EvidenceAsync(letter);
        Assert.Equal(value, kind == DeadLetterEvidenceKinds.Value ? evidence : JsonDocument.Parse(evidence).RootElement.GetProperty("value").GetBytesFromBase64());
    }

    [Fact]
    public async Task WriteAsync_LargeAndTheImageStoreDoesNotTakeIt_IsWrittenWhole()
    {
        byte[] value = Bytes(10, seed: 9), header = Bytes(DeadLetterWriter.MaxInlineBytes, seed: 10);
        var letter = await RoundTripAsync(
            Received([1], value, [new("h", header)]), DeadLetterReason.Undecodable, "large", maxMessageBytes: TakesMore, storeBytes: 1_000);

        Assert.Equal(value, letter.Value);
        Assert.Equal(header, letter.Headers[0].GetValueBytes());
    }

    private async Task<byte[]> EvidenceAsync(Message<byte[], byte[]> letter)
    {
        var read = await _folder.Store().ReadAsync(Header(letter, RecordHeaders.DeadLetterEvidence), long.MaxValue, Cancellation);
        return read.Bytes!;
    }

    private async Task<Message<byte[], byte[]>> RoundTripAsync(
        ReceivedRecord record, DeadLetterReason reason, string detail, int maxMessageBytes = 1 << 20, long storeBytes = 1 << 20)
    {
        var partitions = Topics.All.Single(t => t.Name == Topics.DeadLetters).Partitions;
        var ends = kafka.Ends(Topics.DeadLetters, partitions);
        using var producer = KafkaHarness.Producer(kafka.Settings with { MaxMessageBytes = maxMessageBytes });
        var writer = new DeadLetterWriter(
            producer, _folder.Store(storeBytes), KafkaHarness.Metrics(), new FakeTimeProvider(Now), NullLogger<DeadLetterWriter>.Instance, "test@here");
        await writer.WriteAsync(record, reason, detail, Cancellation);

        using var reader = kafka.Reader(Topics.DeadLetters, partitions);
        reader.Assign(ends.Select(e => new TopicPartitionOffset(Topics.DeadLetters, e.Key, e.Value)));
        return reader.Consume(Cancellation).Message;
    }

    private static ReceivedRecord Received(byte[]? key, byte[]? value, KeyValuePair<string, byte[]?>[] headers) =>
        new(new RecordPosition("in", 3, 42), key, value, headers, Now);

    private static string Header(Message<byte[], byte[]> letter, string name) => Encoding.UTF8.GetString(letter.Headers.GetLastBytes(name));

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
