using System.Text.Json.Serialization;

namespace MoodStream.Contracts;

/// <summary>What the gate says of one image: the value of a record on accepted or review.</summary>
public sealed record ImageScored
{
    /// <summary>Image id: the producer's CloudEvents id, or <c>topic-partition-offset</c>. Redelivery repeats it.</summary>
    public required string ImageId { get; init; }

    /// <summary>Source id: camera, modality or tenant.</summary>
    public required string Source { get; init; }

    /// <summary>What of the source the image shows (a study, a lot), as its producer said. Absent where none did.</summary>
    public string? Subject { get; init; }

    /// <summary>Gate that judged the image.</summary>
    public required string Gate { get; init; }

    /// <summary>The gate's answer.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>OOD score in the detector's unit; larger is further out. Absent if <see cref="Unscored"/> says why.</summary>
    public double? Score { get; init; }

    /// <summary>Conformal p-value, in (0, 1]; small is out-of-distribution. Absent if <see cref="Unscored"/> says why.</summary>
    public double? PValue { get; init; }

    /// <summary>Accepted if the score is at most this. Absent if <see cref="Unscored"/> says why.</summary>
    public double? Threshold { get; init; }

    /// <summary>False-alarm rate the threshold promises, in (0, 1).</summary>
    public double? PromisedFalseAlarmRate { get; init; }

    /// <summary>Detector that gave the score.</summary>
    public string? Detector { get; init; }

    /// <summary>Statistics version the score was computed with; a rising integer per gate, 0 if <see cref="Unscored"/> says why.</summary>
    public required long StatisticsVersion { get; init; }

    /// <summary>Why the image went to review without a score: the gate had no usable statistics. Absent where it was scored.</summary>
    public string? Unscored { get; init; }

    /// <summary>Hash of the backbone's weights and configuration, 16 hexadecimal digits.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Hash of the preprocessing recipe, 16 hexadecimal digits.</summary>
    public required string PreprocessingHash { get; init; }

    /// <summary>Feature z before L2-normalisation, D values of float16, little-endian.</summary>
    public required byte[] Feature { get; init; }

    /// <summary>Index of the nearest class in the statistics, where they have classes.</summary>
    public int? NearestClass { get; init; }

    /// <summary>Claim-check of the image's bytes in the image store, where there is one.</summary>
    public string? DataReference { get; init; }

    /// <summary>
    /// Claim-check of the image's heat map in the image store: a PNG of the shape of the image, to be laid over it. Absent where the
    /// image is not looked at, or the gate's statistics hold no patches.
    /// </summary>
    public string? HeatMapReference { get; init; }

    /// <summary>Position of the input record: topic, partition, offset.</summary>
    public required string Position { get; init; }

    /// <summary>When the image was put in (the input record's timestamp), UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>When it was scored, UTC.</summary>
    public required DateTimeOffset ScoredAt { get; init; }
}

/// <summary>The gate's answer to one image.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    /// <summary>In-distribution: the image passes on.</summary>
    [JsonStringEnumMemberName("accept")]
    Accept,

    /// <summary>Out-of-distribution: a person looks at it.</summary>
    [JsonStringEnumMemberName("review")]
    Review,
}
