using System.ComponentModel.DataAnnotations;

namespace MoodStream.Streaming.Records;

/// <summary>
/// Which accepted images people look at too. Section <c>MoodStream:Audit</c>, the same for scorers, which lay heat maps over them, and gateways,
/// which open their cases.
/// </summary>
public sealed record AuditSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "MoodStream:Audit";

    /// <summary>
    /// Share of accepted images that reviewers look at too, to measure what the gate misses; in [0, 1]. Give scorers and gateways the same:
    /// a drawn image without a heat map would be told by its absence. Default 0.01.
    /// </summary>
    [Range(0.0, 1.0)]
    public double Share { get; init; } = 0.01;

    /// <summary>Whether an accepted image is among them: by its id alone, so that every process draws the same ones.</summary>
    public bool Draws(string imageId) => ImageSample.Draws(ImageSample.Audit, imageId, Share);
}
