using System.Text.Json.Serialization;

namespace MoodStream.Contracts;

/// <summary>What a statistics version is and how it came about: the header that is kept in Redis beside the version's blob.</summary>
/// <remarks>
/// Nothing of it changes once it is published, but for <see cref="Approval"/> and <see cref="Rejection"/>, which may be given later. Whether the version is active
/// is not said here: the gate's active pointer says it.
/// </remarks>
public sealed record StatisticsVersion
{
    /// <summary>The gate.</summary>
    public required string Gate { get; init; }

    /// <summary>The version, from 1; 0 in a draft, which the registry numbers when it stores it.</summary>
    public long Version { get; init; }

    /// <summary>Hash of the weights and configuration that made the features.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Hash of the preprocessing that made the model's input.</summary>
    public required string PreprocessingHash { get; init; }

    /// <summary>Name of the detector.</summary>
    public required string Detector { get; init; }

    /// <summary>Number of images n behind the fit.</summary>
    public required long Count { get; init; }

    /// <summary>Effective number of images behind the fit, at most <see cref="Count"/>; less where the past counts less.</summary>
    public required double EffectiveCount { get; init; }

    /// <summary>Number of classes K; 1 where labels played no part.</summary>
    public required int ClassCount { get; init; }

    /// <summary>Number of features D of an image.</summary>
    public required int FeatureDimension { get; init; }

    /// <summary>Weight of the scaled identity in the covariance, in [0, 1]; absent where the detector does not shrink.</summary>
    public double? Shrinkage { get; init; }

    /// <summary>Promised share of in-distribution images that go to review, in (0, 1).</summary>
    public required double TargetFalseAlarmRate { get; init; }

    /// <summary>Confidence of the promise over calibration sets, in (0, 1); absent where it holds on average.</summary>
    public double? Confidence { get; init; }

    /// <summary>Images with a score of at most this are accepted.</summary>
    public required double Threshold { get; init; }

    /// <summary>What the threshold would be at other rates that the calibration images support, smallest rate first.</summary>
    public IReadOnlyList<RateThreshold> Thresholds { get; init; } = [];

    /// <summary>Number of images behind the threshold.</summary>
    public required int CalibrationCount { get; init; }

    /// <summary>The version that this one was made from; absent where it was fitted from scratch.</summary>
    public long? Parent { get; init; }

    /// <summary>Id of the refit that made it; absent where none did.</summary>
    public string? RefitId { get; init; }

    /// <summary>Why it was made, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>What the guards found; empty where none looked at it.</summary>
    public IReadOnlyList<GuardResult> Guards { get; init; } = [];

    /// <summary>Who made it: a service or a person.</summary>
    public required string Author { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>SHA-256 of the blob, 64 lower-case hexadecimal digits; written by the registry.</summary>
    public string BlobSha256 { get; init; } = "";

    /// <summary>Who approved it; absent where nobody has. Approved versions are what slow shifts are measured against.</summary>
    public StatisticsApproval? Approval { get; init; }

    /// <summary>Who rejected it; absent where nobody has. A version that is approved later is not rejected any more.</summary>
    public StatisticsRejection? Rejection { get; init; }

    /// <summary>Whether a person has approved it.</summary>
    [JsonIgnore]
    public bool HumanApproved => Approval is not null;

    /// <summary>Whether a guard refused it.</summary>
    [JsonIgnore]
    public bool Refused => Guards.Any(g => !g.Passed);
}

/// <summary>A false-alarm rate and the threshold that keeps it.</summary>
/// <param name="Rate">Share of in-distribution images that go to review, in (0, 1).</param>
/// <param name="Threshold">Images with a score of at most this are accepted.</param>
public sealed record RateThreshold(double Rate, double Threshold);

/// <summary>What one guard found of a refit.</summary>
public sealed record GuardResult
{
    /// <summary>Name of the guard.</summary>
    public required string Name { get; init; }

    /// <summary>What it measured; absent where that is no finite number.</summary>
    public double? Value { get; init; }

    /// <summary>The bound that the value was held against; absent where there is none.</summary>
    public double? Limit { get; init; }

    /// <summary>Whether it let the refit pass.</summary>
    public required bool Passed { get; init; }

    /// <summary>What that means, in a sentence, with what to do where it did not pass.</summary>
    public string? Explanation { get; init; }
}

/// <summary>A person's word that a version is as it should be.</summary>
public sealed record StatisticsApproval
{
    /// <summary>Who.</summary>
    public required string By { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>A person's word that a version, refused by a guard, is not to be used.</summary>
public sealed record StatisticsRejection
{
    /// <summary>Who.</summary>
    public required string By { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}
