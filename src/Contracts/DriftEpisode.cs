using System.Text.Json.Serialization;

namespace MoodStream.Contracts;

/// <summary>What became of a drift.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftEpisodeState>))]
public enum DriftEpisodeState
{
    /// <summary>It goes on, and nobody has decided.</summary>
    [JsonStringEnumMemberName("drifting")]
    Drifting,

    /// <summary>A person decided that the statistics stay.</summary>
    [JsonStringEnumMemberName("kept")]
    Kept,

    /// <summary>A person accepted the new normal; there are no statistics of it yet.</summary>
    [JsonStringEnumMemberName("accepted")]
    Accepted,

    /// <summary>A person said that something is broken: the statistics stay, and nothing is learned from the source until the end.</summary>
    [JsonStringEnumMemberName("held")]
    Held,
}

/// <summary>What people may decide of a drift.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftDecision>))]
public enum DriftDecision
{
    /// <summary>The statistics stay; this is how the source looks.</summary>
    [JsonStringEnumMemberName("keep")]
    Keep,

    /// <summary>This is the new normal: the gate is refitted from now on.</summary>
    [JsonStringEnumMemberName("accept")]
    Accept,

    /// <summary>Something is broken: the statistics stay, and nothing is learned from the source until it looks as before.</summary>
    [JsonStringEnumMemberName("hold")]
    Hold,
}

/// <summary>Drift of one source under one statistics version, as it is kept in Redis for trainers and operators.</summary>
public sealed record DriftEpisode
{
    /// <summary>Id; that of the refit which it asks for.</summary>
    public required string EpisodeId { get; init; }

    /// <summary>The source.</summary>
    public required string Source { get; init; }

    /// <summary>Statistics version that judged the images. Under another one everything begins anew.</summary>
    public required long StatisticsVersion { get; init; }

    /// <summary>What became of it.</summary>
    public required DriftEpisodeState State { get; init; }

    /// <summary>The test that saw it first; null where a person decided without an alarm.</summary>
    public string? Test { get; init; }

    /// <summary>What the test measured.</summary>
    public double? Value { get; init; }

    /// <summary>Its limit.</summary>
    public double? Limit { get; init; }

    /// <summary>Images from the beginning of the watch to the alarm.</summary>
    public long? Images { get; init; }

    /// <summary>When it was seen, UTC.</summary>
    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>Who decided.</summary>
    public string? By { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was decided, UTC.</summary>
    public DateTimeOffset? DecidedAt { get; init; }
}
