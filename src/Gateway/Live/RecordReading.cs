using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Gateway.Http;
using MoodStream.Streaming.Records;

namespace MoodStream.Gateway.Live;

/// <summary>Reads a record of accepted, review or the dead letters as a <see cref="LiveResult"/>.</summary>
/// <remarks>Anyone can write to these topics and dead letters repeat what strangers sent, so texts are cut to a length.</remarks>
internal static class RecordReading
{
    private const int MostCharacters = 256;
    private const int MostDetailCharacters = 1024;

    // The gate itself refused to decode these, so no browser is asked to.
    private static readonly HashSet<string> NeverShown =
    [
        DeadLetterReason.Empty.WireName(), DeadLetterReason.UnsupportedFormat.WireName(), DeadLetterReason.TooManyBytes.WireName(),
        DeadLetterReason.TooManyPixels.WireName(), DeadLetterReason.ZeroSize.WireName(),
        DeadLetterReason.ClaimCheckNotFound.WireName(), DeadLetterReason.ClaimCheckRefused.WireName(),
    ];

    /// <summary>The result, or why the record is none.</summary>
    public static (LiveResult? Result, string? Unreadable) Read(ReceivedRecord record)
    {
        if (record.Position.Topic == Topics.DeadLetters)
            return record.Header(RecordHeaders.DeadLetterTopic) == Topics.Decisions
                ? (null, "it is a decision that the webhook gave up")
                : (ReadDeadLetter(record), null);
        if (record.Value is not { Length: > 0 } value) return (null, "it has no value");
        try
        {
            return JsonSerializer.Deserialize(value, WireJson.Default.ImageScored) is { } scored
                ? (ReadScored(scored), null)
                : (null, "its value is null");
        }
        catch (JsonException e)
        {
            return (null, $"its value is no result: {e.Message}");
        }
    }

    private static LiveResult ReadScored(ImageScored scored)
    {
        var bytesAt = scored.DataReference is null ? ParsePosition(scored.Position) : null;
        var imageId = Cut(scored.ImageId);
        return new()
        {
            ImageId = imageId,
            Source = Cut(scored.Source),
            Subject = Cut(scored.Subject),
            Verdict = scored.Verdict == Verdict.Accept ? LiveVerdict.Accept : LiveVerdict.Review,
            Gate = Cut(scored.Gate),
            Score = Finite(scored.Score),
            Threshold = Finite(scored.Threshold),
            PValue = Finite(scored.PValue),
            PromisedFalseAlarmRate = Finite(scored.PromisedFalseAlarmRate),
            Unscored = Cut(scored.Unscored),
            Detector = Cut(scored.Detector),
            StatisticsVersion = scored.StatisticsVersion,
            ModelHash = Cut(scored.ModelHash),
            PreprocessingHash = Cut(scored.PreprocessingHash),
            NearestClass = scored.NearestClass,
            Position = Cut(scored.Position),
            DataReference = scored.DataReference,
            ReceivedAt = scored.ReceivedAt,
            EndedAt = scored.ScoredAt,
            Feature = scored.Feature,
            BytesAt = bytesAt,
            Image = scored.DataReference is null && bytesAt is null ? null : Routes.Image(imageId),
        };
    }

    private static LiveResult ReadDeadLetter(ReceivedRecord record)
    {
        var original = OriginalPosition(record);
        var imageId = Cut(record.Header(RecordHeaders.Id) ?? original ?? record.Position.ToString());
        var reason = Cut(record.Header(RecordHeaders.DeadLetterReason) ?? "unknown");
        var reference = record.Header(RecordHeaders.DeadLetterEvidenceKind) == DeadLetterEvidenceKinds.Value
            ? record.Header(RecordHeaders.DeadLetterEvidence)
            : record.Header(RecordHeaders.DataReference);
        var hasBytes = reference is not null || record.Value is { Length: > 0 };
        return new()
        {
            ImageId = imageId,
            Source = Cut(record.Header(RecordHeaders.Source) ?? (record.Key is { } key ? Encoding.UTF8.GetString(key) : "")),
            Subject = Cut(record.Header(RecordHeaders.Subject)),
            Verdict = LiveVerdict.DeadLetter,
            Reason = reason,
            Detail = Cut(record.Header(RecordHeaders.DeadLetterDetail), MostDetailCharacters),
            Position = original,
            DataReference = Cut(reference),
            ReceivedAt = Time(record.Header(RecordHeaders.Time)) ?? record.Timestamp,
            EndedAt = Time(record.Header(RecordHeaders.DeadLetterTime)) ?? record.Timestamp,
            BytesAt = reference is null ? record.Position : null,
            Image = hasBytes && !NeverShown.Contains(reason) ? Routes.Image(imageId) : null,
        };
    }

    private static string? OriginalPosition(ReceivedRecord record)
    {
        var topic = record.Header(RecordHeaders.DeadLetterTopic);
        var partition = record.Header(RecordHeaders.DeadLetterPartition);
        var offset = record.Header(RecordHeaders.DeadLetterOffset);
        return topic is null || partition is null || offset is null ? null : Cut($"{topic}-{partition}-{offset}");
    }

    // topic-partition-offset, from the end, since a topic's name may hold dashes.
    internal static RecordPosition? ParsePosition(string text)
    {
        var last = text.LastIndexOf('-');
        var middle = last > 0 ? text.LastIndexOf('-', last - 1) : -1;
        return middle > 0 && text[..middle] == Topics.Images
            && int.TryParse(text.AsSpan(middle + 1, last - middle - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            && long.TryParse(text.AsSpan(last + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? new(Topics.Images, partition, offset)
            : null;
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static double? Finite(double? number) => number is { } n && double.IsFinite(n) ? n : null;

    [return: NotNullIfNotNull(nameof(text))]
    private static string? Cut(string? text, int most = MostCharacters) => text?.Length > most ? text[..(most - 1)] + "…" : text;
}
