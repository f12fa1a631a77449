using MoodStream.Mood.Vision;

namespace MoodStream.Mood.Tokenizers;

/// <summary>Shape of a tokenizer with a vector-quantised codebook.</summary>
public sealed record CodebookConfig
{
    /// <summary>The encoder before the codes; its patches are the cells of the grid.</summary>
    public required VitConfig Encoder { get; init; }

    /// <summary>Length of the teacher's patch tokens, which are restored from the codes.</summary>
    public required int TeacherWidth { get; init; }

    /// <summary>Size of the vocabulary V. Default 512.</summary>
    public int Codes { get; init; } = 512;

    /// <summary>Length of a code's vector. Default 32.</summary>
    public int CodeWidth { get; init; } = 32;

    /// <summary>Blocks of the decoder. Default 1.</summary>
    public int DecoderDepth { get; init; } = 1;

    /// <summary>Everything that is wrong with this shape; empty if it can be built.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>(Encoder.Problems());
        if (TeacherWidth is < 1 or > 16384) problems.Add($"TeacherWidth is {TeacherWidth}; it lies in 1..16384.");
        if (Codes is < 2 or > 65536) problems.Add($"Codes is {Codes}; it lies in 2..65536.");
        if (CodeWidth is < 1 or > 4096) problems.Add($"CodeWidth is {CodeWidth}; it lies in 1..4096.");
        if (DecoderDepth is < 1 or > 64) problems.Add($"DecoderDepth is {DecoderDepth}; it lies in 1..64.");
        return problems;
    }
}
