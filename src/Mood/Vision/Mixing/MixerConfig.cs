using System.Text.Json;
using System.Text.Json.Serialization;

namespace MoodStream.Mood.Vision.Mixing;

/// <summary>Everything that shapes an <see cref="MlpMixer"/>.</summary>
public sealed record MixerConfig
{
    /// <summary>Size of the input; pixels.</summary>
    public required GridSize Input { get; init; }

    /// <summary>Side of a square patch; pixels. Divides height and width of the input.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Token width D.</summary>
    public required int Width { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Hidden width of the MLP that mixes tokens.</summary>
    public required int TokenHidden { get; init; }

    /// <summary>Hidden width of the MLP that mixes channels.</summary>
    public required int ChannelHidden { get; init; }

    /// <summary>Epsilon of every LayerNorm. Default 1e-6.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-6;

    /// <summary>Rows and columns of patches.</summary>
    [JsonIgnore]
    public GridSize Grid => new(Input.Height / PatchSize, Input.Width / PatchSize);

    /// <summary>About how many values the blocks have.</summary>
    [JsonIgnore]
    public long ParameterCount => Depth * 2L * ((long)Grid.Count * TokenHidden + (long)Width * ChannelHidden);

    /// <summary>Everything that is wrong with this configuration; empty if it can be built.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>(Input.Problems());
        Require(PatchSize > 0 && Input.Height % Math.Max(1, PatchSize) == 0
            && Input.Width % Math.Max(1, PatchSize) == 0,
            $"PatchSize is {PatchSize}; it divides the input ({Input}).");
        Require(Width is > 0 and <= 16384, $"Width is {Width}; it lies in 1..16384.");
        Require(Depth is > 0 and <= 256, $"Depth is {Depth}; it lies in 1..256.");
        Require(TokenHidden is > 0 and <= 262_144, $"TokenHidden is {TokenHidden}; it lies in 1..262144.");
        Require(ChannelHidden is > 0 and <= 262_144, $"ChannelHidden is {ChannelHidden}; it lies in 1..262144.");
        Require(LayerNormEpsilon is > 0 and < 1, $"LayerNormEpsilon is {LayerNormEpsilon}; it lies in (0, 1).");
        return problems;

        void Require(bool holds, string otherwise)
        {
            if (!holds) problems.Add(otherwise);
        }
    }

    /// <summary>Canonical JSON: what the model hash covers.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, VisionJson.Default.MixerConfig);
}
