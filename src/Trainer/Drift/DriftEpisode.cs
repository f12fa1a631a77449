using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using MoodStream.Mood.Drift;

namespace MoodStream.Trainer.Drift;

/// <summary>What became of a drift.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DriftEpisodeState>))]
internal enum DriftEpisodeState
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
}

/// <summary>Drift of one source under one statistics version, as it is kept in Redis for all trainers.</summary>
internal sealed record DriftEpisode
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

    /// <summary>The episode that an alarm begins.</summary>
    /// <param name="drift">The alarm.</param>
    /// <param name="trainer">The trainer that raised it; two may do so at the same instant.</param>
    /// <param name="now">When, UTC.</param>
    public static DriftEpisode Of(SourceDrift drift, string trainer, DateTimeOffset now) => new()
    {
        EpisodeId = string.Create(CultureInfo.InvariantCulture, $"{drift.Gate}-drift-{drift.Source}-{now.ToUnixTimeMilliseconds()}-{trainer}"),
        Source = drift.Source, StatisticsVersion = drift.StatisticsVersion, State = DriftEpisodeState.Drifting, Test = drift.Alarm.Test,
        Value = drift.Alarm.Value, Limit = drift.Alarm.Limit, Images = drift.Alarm.Images, BeganAt = now,
    };

    /// <summary>The drift that it began with; null where a person decided without an alarm.</summary>
    public SourceDrift? Drift(string gate) =>
        Test is null ? null : new(gate, Source, StatisticsVersion, new DriftAlarm(Test, Value ?? 0, Limit ?? 0, Images ?? 0));
}

/// <summary>JSON of episodes, in Redis and by HTTP.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(DriftEpisode))]
[JsonSerializable(typeof(IReadOnlyList<DriftEpisode>))]
internal sealed partial class DriftEpisodeJson : JsonSerializerContext;
