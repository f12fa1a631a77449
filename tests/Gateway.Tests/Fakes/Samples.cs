using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Streaming.Records;

namespace MoodStream.GatewayTests.Fakes;

/// <summary>Bytes, requests and records that tests start from.</summary>
internal static class Samples
{
    /// <summary>Begins as a JPEG; the gateway looks no further.</summary>
    public static byte[] Jpeg { get; } = [0xFF, 0xD8, 0xFF, 0xE0, .. new byte[60]];

    /// <summary>A 1 x 1 PNG.</summary>
    public static byte[] Png { get; } = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    public static byte[] Gif { get; } = [.. "GIF89a"u8, .. new byte[20]];

    public static byte[] WebP { get; } = [.. "RIFF"u8, 20, 0, 0, 0, .. "WEBPVP8 "u8, .. new byte[12]];

    public static byte[] Bmp { get; } = [.. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, .. new byte[52]];

    public static ByteArrayContent Body(byte[] bytes, string? mediaType = "image/jpeg")
    {
        var content = new ByteArrayContent(bytes);
        if (mediaType is not null) content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return content;
    }

    public static ImageScored Scored(string imageId, DateTimeOffset at, Verdict verdict = Verdict.Accept) => new()
    {
        ImageId = imageId,
        Source = "belt-1",
        Gate = "parts",
        Verdict = verdict,
        Score = verdict == Verdict.Accept ? 200 : 900,
        PValue = verdict == Verdict.Accept ? 0.4 : 0.001,
        Threshold = 400,
        PromisedFalseAlarmRate = 0.05,
        Detector = "mahalanobis++",
        StatisticsVersion = 3,
        ModelHash = "00112233445566aa",
        PreprocessingHash = "ffeeddccbbaa9988",
        Feature = [1, 2, 3, 4],
        Position = "moodstream.images.v1-2-17",
        ReceivedAt = at.AddMilliseconds(-80),
        ScoredAt = at,
    };

    public static ReceivedRecord Record(this FakeFeed feed, ImageScored scored) => new(
        new(scored.Verdict == Verdict.Accept ? Topics.Accepted : Topics.Review, 0, feed.NextOffset()),
        Encoding.UTF8.GetBytes(scored.Source),
        JsonSerializer.SerializeToUtf8Bytes(scored, WireJson.Default.ImageScored),
        [],
        scored.ScoredAt);

    public static ReceivedRecord DeadLetter(
        this FakeFeed feed, string imageId, DeadLetterReason reason, DateTimeOffset at, byte[]? value = null, string? reference = null)
    {
        var headers = new List<KeyValuePair<string, byte[]?>>();
        Add(RecordHeaders.Id, imageId);
        Add(RecordHeaders.Source, "belt-1");
        Add(RecordHeaders.DeadLetterReason, reason.WireName());
        Add(RecordHeaders.DeadLetterDetail, "It could not be decoded.");
        Add(RecordHeaders.DeadLetterTopic, Topics.Images);
        Add(RecordHeaders.DeadLetterPartition, "1");
        Add(RecordHeaders.DeadLetterOffset, "5");
        Add(RecordHeaders.DeadLetterTime, at.UtcDateTime.ToString("O"));
        Add(RecordHeaders.Time, at.AddMilliseconds(-30).UtcDateTime.ToString("O"));
        if (reference is not null) Add(RecordHeaders.DataReference, reference);
        return new(new(Topics.DeadLetters, 0, feed.NextOffset()), "belt-1"u8.ToArray(), value, headers, at);

        void Add(string name, string text) => headers.Add(new(name, Encoding.UTF8.GetBytes(text)));
    }

    public static string? Text(this OutgoingRecord record, string header) =>
        record.Headers.Where(h => h.Key == header).Select(h => Encoding.UTF8.GetString(h.Value!)).SingleOrDefault();
}
