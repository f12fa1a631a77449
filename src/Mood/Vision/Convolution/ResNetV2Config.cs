using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoodStream.Mood.Vision.Convolution;

/// <summary>Everything that shapes a <see cref="ResNetV2"/>.</summary>
public sealed record ResNetV2Config
{
    /// <summary>Size of the input; pixels.</summary>
    public required GridSize Input { get; init; }

    /// <summary>Stem and stages.</summary>
    public required ResNetTrunkConfig Trunk { get; init; }

    /// <summary>Rows and columns of the last map.</summary>
    [JsonIgnore]
    public GridSize Grid =>
        new((Input.Height + Trunk.Stride - 1) / Trunk.Stride, (Input.Width + Trunk.Stride - 1) / Trunk.Stride);

    /// <summary>Everything that is wrong with this configuration; empty if it can be built.</summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. Input.Problems(),
        .. Trunk.Stages.Count == 0 ? ["There is no stage."] : Array.Empty<string>(),
        .. Trunk.PreActivation ? Array.Empty<string>() : ["PreActivation is false; a ResNet-v2 activates first."],
        .. Trunk.Problems(),
    ];

    /// <summary>Canonical JSON: what the model hash covers.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, VisionJson.Default.ResNetV2Config);
}
