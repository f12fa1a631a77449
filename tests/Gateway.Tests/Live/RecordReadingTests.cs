using System.Text;
using CsCheck;
using MoodStream.Contracts;
using MoodStream.Gateway.Live;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Records;

namespace MoodStream.GatewayTests.Live;

public sealed class RecordReadingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeFeed _feed = new();

    [Fact]
    public void Read_Scored_TellsEveryField()
    {
        var (result, unreadable) = RecordReading.Read(_feed.Record(Samples.Scored("a/b", Noon, Verdict.Review) with { DataReference = "ref" }));

        Assert.Null(unreadable);
        Assert.Equal([1, 2, 3, 4], result!.Feature);
        Assert.Equal(
            new LiveResult
            {
                ImageId = "a/b",
                Source = "belt-1",
                Verdict = LiveVerdict.Review,
                Gate = "parts",
                Score = 900,
                Threshold = 400,
                PValue = 0.001,
                PromisedFalseAlarmRate = 0.05,
                Detector = "mahalanobis++",
                StatisticsVersion = 3,
                ModelHash = "00112233445566aa",
                PreprocessingHash = "ffeeddccbbaa9988",
                Position = "moodstream.images.v1-2-17",
                DataReference = "ref",
                ReceivedAt = Noon.AddMilliseconds(-80),
                EndedAt = Noon,
                Image = "/v1/images/a%2Fb",
            },
            result with { Feature = null });
        Assert.Equal(80, result.LatencyMs);
    }

    [Fact]
    public void Read_ScoredWithoutClaimCheck_FindsTheBytesAtTheInputPosition()
    {
        var (result, _) = RecordReading.Read(_feed.Record(Samples.Scored("a", Noon)));

        Assert.Equal(new RecordPosition(Topics.Images, 2, 17), result!.BytesAt);
        Assert.Equal("/v1/images/a", result.Image);
    }

    [Fact]
    public void Read_ReviewWithoutScore_SaysWhy()
    {
        var (result, _) = RecordReading.Read(_feed.Record(
            Samples.Scored("a", Noon, Verdict.Review) with { Score = null, PValue = null, Threshold = null, Unscored = "no statistics" }));

        Assert.Equal((LiveVerdict.Review, null, "no statistics"), (result!.Verdict, result.Score, result.Unscored));
    }

    [Fact]
    public void Read_DeadLetterThatLeftItsBytesBehind_FindsThemInTheStore()
    {
        var record = _feed.DeadLetter("a", DeadLetterReason.Truncated, Noon);
        var headers = record.Headers
            .Append(new(RecordHeaders.DeadLetterEvidence, "evidence"u8.ToArray()))
            .Append(new(RecordHeaders.DeadLetterEvidenceKind, "value"u8.ToArray()));

        var (result, _) = RecordReading.Read(record with { Headers = [.. headers] });

        Assert.Equal(("evidence", "/v1/images/a"), (result!.DataReference, result.Image));
    }

    [Theory]
    [InlineData("somewhere-else-1-2")]
    [InlineData("moodstream.images.v1-2")]
    [InlineData("moodstream.images.v1--2-3")]
    [InlineData("")]
    public void Read_PositionThatIsNoInputPosition_HasNoImage(string position)
    {
        var (result, _) = RecordReading.Read(_feed.Record(Samples.Scored("a", Noon) with { Position = position }));

        Assert.Null(result!.Image);
        Assert.Null(result.BytesAt);
    }

    [Fact]
    public void Read_DeadLetter_TellsReasonAndOriginalPosition()
    {
        var record = _feed.DeadLetter("a", DeadLetterReason.Undecodable, Noon, Samples.Jpeg);

        var (result, _) = RecordReading.Read(record);

        Assert.Equal((LiveVerdict.DeadLetter, "undecodable", "It could not be decoded."), (result!.Verdict, result.Reason, result.Detail));
        Assert.Equal("moodstream.images.v1-1-5", result.Position);
        Assert.Equal(30, result.LatencyMs);
        Assert.Equal(record.Position, result.BytesAt);
    }

    [Fact]
    public void Read_DeadLetterWithoutAnyHeader_IsStillTold()
    {
        var record = new ReceivedRecord(new(Topics.DeadLetters, 3, 9), [0xFF, 0xFE], null, [], Noon);

        var (result, _) = RecordReading.Read(record);

        Assert.Equal(("moodstream.images.v1.dlq-3-9", "unknown"), (result!.ImageId, result.Reason));
        Assert.Null(result.Image);
    }

    [Theory]
    [InlineData(DeadLetterReason.TooManyPixels)]
    [InlineData(DeadLetterReason.ZeroSize)]
    [InlineData(DeadLetterReason.UnsupportedFormat)]
    [InlineData(DeadLetterReason.ClaimCheckRefused)]
    [InlineData(DeadLetterReason.TooManyBytes)]
    public void Read_DeadLetterThatNoBrowserShouldDecode_HasNoImage(DeadLetterReason reason)
    {
        var (result, _) = RecordReading.Read(_feed.DeadLetter("a", reason, Noon, Samples.Png));

        Assert.Null(result!.Image);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("not json")]
    public void Read_NoResult_SaysWhy(string value)
    {
        var (result, unreadable) = RecordReading.Read(new(new(Topics.Accepted, 0, 0), null, Encoding.UTF8.GetBytes(value), [], Noon));

        Assert.Null(result);
        Assert.NotNull(unreadable);
    }

    [Fact]
    public void Read_AnyBytesAnywhere_NeverThrows()
    {
        var bytes = Gen.Byte.Array[0, 40];
        var topics = Gen.Int[0, 2].Select(i => new[] { Topics.Accepted, Topics.Review, Topics.DeadLetters }[i]);
        var names = Gen.Int[0, 4].Select(i => new[] { RecordHeaders.Id, RecordHeaders.Source, RecordHeaders.Time, RecordHeaders.DeadLetterReason, RecordHeaders.DeadLetterTime }[i]);
        Gen.Select(topics, bytes, bytes, names, bytes).Sample((topic, key, value, name, header) =>
            RecordReading.Read(new(new(topic, 0, 0), key, value, [new(name, header)], Noon)) is { Result: not null } or { Unreadable: not null },
            seed: "0000KOIKqNC3");
    }
}
