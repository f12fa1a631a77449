using System.Text.Json.Serialization;

namespace MoodStream.Contracts;

/// <summary>What people decided of one image: the value of a record on decisions.</summary>
/// <remarks>At-least-once: a repeated record has the same case and revision. The highest revision of a case is what holds.</remarks>
public sealed record ReviewDecided
{
    /// <summary>Whether this is the first word on the case, a later one, or takes the last one back.</summary>
    public required DecisionKind Kind { get; init; }

    /// <summary>The review case; one per gate and image.</summary>
    public required string CaseId { get; init; }

    /// <summary>Rises with every record of the case, from 1; a repeat of a record repeats it.</summary>
    public required long Revision { get; init; }

    /// <summary>Image id, as in <see cref="ImageScored.ImageId"/>.</summary>
    public required string ImageId { get; init; }

    /// <summary>Gate that judged the image.</summary>
    public required string Gate { get; init; }

    /// <summary>Source id.</summary>
    public required string Source { get; init; }

    /// <summary>What the image is, in the eyes of people; of a recall: what it was said to be.</summary>
    public required DecisionVerdict Verdict { get; init; }

    /// <summary>Class that the reviewer named, where one was.</summary>
    public string? Class { get; init; }

    /// <summary>Why, out of the configured list.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>What the reviewer wrote besides.</summary>
    public string? Note { get; init; }

    /// <summary>Who decided; where several did, the one whose word closed the case.</summary>
    public required string Reviewer { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset DecidedAt { get; init; }

    /// <summary>Seconds from the claim to the decision.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>Statistics version that the image was scored with.</summary>
    public required long StatisticsVersion { get; init; }

    /// <summary>Hash of the backbone, as in <see cref="ImageScored.ModelHash"/>.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Hash of the preprocessing, as in <see cref="ImageScored.PreprocessingHash"/>.</summary>
    public required string PreprocessingHash { get; init; }

    /// <summary>Feature z before L2-normalisation, D values of float16, little-endian; as in the result.</summary>
    public byte[]? Feature { get; init; }

    /// <summary>Whether the gate had accepted the image and it was drawn for audit.</summary>
    public required bool AuditSample { get; init; }
}

/// <summary>What a decision record does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DecisionKind>))]
public enum DecisionKind
{
    /// <summary>The first word on the case.</summary>
    [JsonStringEnumMemberName("decision")]
    Decision,

    /// <summary>A later word: it replaces the earlier ones.</summary>
    [JsonStringEnumMemberName("correction")]
    Correction,

    /// <summary>The last word is taken back; nothing is decided now.</summary>
    [JsonStringEnumMemberName("recall")]
    Recall,
}

/// <summary>What an image is in the eyes of a person.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DecisionVerdict>))]
public enum DecisionVerdict
{
    /// <summary>As the gate should let pass.</summary>
    [JsonStringEnumMemberName("in-distribution")]
    InDistribution,

    /// <summary>As the gate should hold back.</summary>
    [JsonStringEnumMemberName("out-of-distribution")]
    OutOfDistribution,

    /// <summary>Nothing can be learned from it: black, torn, no image of the scene.</summary>
    [JsonStringEnumMemberName("unusable")]
    Unusable,

    /// <summary>The person cannot tell.</summary>
    [JsonStringEnumMemberName("unsure")]
    Unsure,
}
