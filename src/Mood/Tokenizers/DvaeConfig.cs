using System.Text.Json.Serialization;
using MoodStream.Mood.Vision;

namespace MoodStream.Mood.Tokenizers;

/// <summary>Shape of a discrete variational autoencoder.</summary>
public sealed record DvaeConfig
{
    /// <summary>
    /// Channels that a 3 x 3 convolution takes at a time on CPUs with AVX-512. With 4, 8, 12, 20, 24 or 40 channels libtorch 2.10
    /// reads memory there that nobody wrote: gradients, and for some even outputs, differ from run to run and are NaN at times.
    /// </summary>
    internal const int Lanes = 16;

    /// <summary>Side of the input; pixels. A multiple of 2 to the <see cref="Stages"/>.</summary>
    public required int ImageSize { get; init; }

    /// <summary>How often the side is halved: log2 of pixels by codes along a side.</summary>
    public required int Stages { get; init; }

    /// <summary>Size of the vocabulary V. Default 512.</summary>
    public int Codes { get; init; } = 512;

    /// <summary>Length of a code's vector. Default 128.</summary>
    public int CodeWidth { get; init; } = 128;

    /// <summary>Channels between the layers. A multiple of <see cref="Lanes"/>. Default 128.</summary>
    public int Hidden { get; init; } = 128;

    /// <summary>Rows and columns of codes.</summary>
    [JsonIgnore]
    public GridSize Grid => GridSize.Square(ImageSize >> Stages);

    /// <summary>Everything that is wrong with this shape; empty if it can be built.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (Stages is < 1 or > 8) problems.Add($"Stages is {Stages}; it lies in 1..8.");
        else if (ImageSize is < 1 or > 4096 || ImageSize % (1 << Stages) != 0)
            problems.Add($"ImageSize is {ImageSize}; it lies in 1..4096 and is a multiple of {1 << Stages}.");
        if (Codes is < 2 or > 65536) problems.Add($"Codes is {Codes}; it lies in 2..65536.");
        if (CodeWidth is < 1 or > 4096) problems.Add($"CodeWidth is {CodeWidth}; it lies in 1..4096.");
        if (Hidden is < 1 or > 4096 || Hidden % Lanes != 0)
            problems.Add($"Hidden is {Hidden}; it lies in 1..4096 and is a multiple of {Lanes}.");
        return problems;
    }
}
