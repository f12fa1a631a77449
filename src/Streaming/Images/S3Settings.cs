using System.ComponentModel.DataAnnotations;

namespace MoodStream.Streaming.Images;

/// <summary>
/// Images in S3, or in a store that speaks its protocol. Section <c>MoodStream:Images:S3</c>. Credentials come from where the AWS SDK
/// looks for them (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, the role of the machine), never from here.
/// </summary>
public sealed record S3Settings
{
    /// <summary>Bucket that images are kept in, instead of the folder; all services of one installation name the same. Default none: the folder.</summary>
    [RegularExpression("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    public string? Bucket { get; init; }

    /// <summary>What keys of stored images begin with. Default none.</summary>
    [RegularExpression("^[A-Za-z0-9!_.*'()/-]*$"), MaxLength(512)]
    public string Prefix { get; init; } = string.Empty;

    /// <summary>Buckets that claim-checks of producers, <c>s3://bucket/key</c>, may lead to besides; whatever leads elsewhere is refused. Default none.</summary>
    public IReadOnlyList<string> ReadBuckets { get; init; } = [];

    /// <summary>Address of the store, for instance https://minio.local:9000; default that of AWS in the region.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Region. Default us-east-1.</summary>
    [Required]
    public string Region { get; init; } = "us-east-1";

    /// <summary>Whether images are kept in, or read from, S3 at all.</summary>
    internal bool InUse => Bucket is not null || ReadBuckets.Count > 0;
}
