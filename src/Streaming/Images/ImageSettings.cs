using System.ComponentModel.DataAnnotations;

namespace MoodStream.Streaming.Images;

/// <summary>Where images are kept that records only refer to. Section <c>MoodStream:Images</c>.</summary>
public sealed record ImageSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "MoodStream:Images";

    /// <summary>Folder of the image store; created where missing. All services of one installation share it. Default <c>.moodstream/images</c>.</summary>
    [Required]
    public string Root { get; init; } = Path.Combine(".moodstream", "images");

    /// <summary>Largest image that is stored, in bytes. Default 64 MiB.</summary>
    [Range(1L, 2_000_000_000L)]
    public long MaxBytes { get; init; } = 64L << 20;

    /// <summary>
    /// Bytes of the disk that images leave free: below it none is stored, the service is not ready, and the gateway asks clients to
    /// come back. Give scorers less than the gateway, so that images that are in go on to review. Default 256 MiB.
    /// </summary>
    [Range(0L, long.MaxValue)]
    public long ReserveBytes { get; init; } = 256L << 20;

    /// <summary>Images in S3; default none.</summary>
    public S3Settings S3 { get; init; } = new();
}
