using System.Text.Json.Serialization;
using MoodStream.Streaming.Records;

namespace MoodStream.Gateway.Live;

/// <summary>How an image ended, as the live view tells it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LiveVerdict>))]
internal enum LiveVerdict
{
    /// <summary>In-distribution: it passed on.</summary>
    [JsonStringEnumMemberName("accept")]
    Accept,

    /// <summary>Out-of-distribution: a person looks at it.</summary>
    [JsonStringEnumMemberName("review")]
    Review,

    /// <summary>It could not be judged.</summary>
    [JsonStringEnumMemberName("dead-letter")]
    DeadLetter,
}

/// <summary>Names of <see cref="LiveVerdict"/> on the wire.</summary>
internal static class LiveVerdicts
{
    /// <summary>The names that a query may give, in the order of the enumeration.</summary>
    public static IReadOnlyList<string> WireNames { get; } = ["accept", "review", "dead-letter"];

    /// <summary>The name on the wire.</summary>
    public static string WireName(this LiveVerdict verdict) => WireNames[(int)verdict];

    /// <summary>The verdict of a name; null where it is none.</summary>
    public static LiveVerdict? Parse(string name)
    {
        for (var i = 0; i < WireNames.Count; i++)
            if (WireNames[i] == name)
                return (LiveVerdict)i;
        return null;
    }
}

/// <summary>One ended image: a result, or a dead letter with its reason. Members that do not apply are absent.</summary>
internal sealed record LiveResult
{
    /// <summary>Place in the live feed of this gateway since it started; rising.</summary>
    public long Sequence { get; init; }

    /// <summary>Image id.</summary>
    public required string ImageId { get; init; }

    /// <summary>Source id.</summary>
    public required string Source { get; init; }

    /// <summary>What of the source the image shows.</summary>
    public string? Subject { get; init; }

    /// <summary>How it ended.</summary>
    public required LiveVerdict Verdict { get; init; }

    /// <summary>Gate that judged it.</summary>
    public string? Gate { get; init; }

    /// <summary>OOD score in the detector's unit; larger is further out.</summary>
    public double? Score { get; init; }

    /// <summary>Accepted if the score is at most this.</summary>
    public double? Threshold { get; init; }

    /// <summary>Conformal p-value, in (0, 1].</summary>
    public double? PValue { get; init; }

    /// <summary>False-alarm rate that the threshold promises, in (0, 1).</summary>
    public double? PromisedFalseAlarmRate { get; init; }

    /// <summary>Why it went to review without a score.</summary>
    public string? Unscored { get; init; }

    /// <summary>Detector that gave the score.</summary>
    public string? Detector { get; init; }

    /// <summary>Statistics version that the score was computed with.</summary>
    public long? StatisticsVersion { get; init; }

    /// <summary>Hash of the backbone.</summary>
    public string? ModelHash { get; init; }

    /// <summary>Hash of the preprocessing recipe.</summary>
    public string? PreprocessingHash { get; init; }

    /// <summary>Index of the nearest class.</summary>
    public int? NearestClass { get; init; }

    /// <summary>Dead letter: why, from the closed list.</summary>
    public string? Reason { get; init; }

    /// <summary>Dead letter: one sentence for people.</summary>
    public string? Detail { get; init; }

    /// <summary>Position of the input record: topic, partition, offset.</summary>
    public string? Position { get; init; }

    /// <summary>Reference of the bytes in the image store: the claim-check, or what a dead letter had to leave behind.</summary>
    public string? DataReference { get; init; }

    /// <summary>When the image was put in, UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When it was scored or given up, UTC.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>Milliseconds from put in to ended, ≥ 0.</summary>
    public double LatencyMs => Math.Max(0, (EndedAt - ReceivedAt).TotalMilliseconds);

    /// <summary>Path of the image's bytes; absent where they are not shown.</summary>
    public string? Image { get; init; }

    /// <summary>Feature, float16, little-endian; null in what is kept for the live view, which does not show it.</summary>
    [JsonIgnore]
    public byte[]? Feature { get; init; }

    /// <summary>The record whose value holds the bytes, where they are not in the image store.</summary>
    [JsonIgnore]
    public RecordPosition? BytesAt { get; init; }
}
