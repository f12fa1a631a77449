using MoodStream.Mood.Masking;
using MoodStream.Mood.Vision;

namespace MoodStream.Mood.Training;

/// <summary>Recipe of a masked autoencoder (MAE).</summary>
/// <remarks>Source of the defaults: He et al. 2022, table 8; the batch is smaller and the learning rate scaled with it.</remarks>
public sealed record MaeSettings : TrainingSettings
{
    /// <summary>The published defaults.</summary>
    public MaeSettings() => Beta2 = 0.95;

    /// <summary>The encoder.</summary>
    public required VitConfig Encoder { get; init; }

    /// <summary>The decoder.</summary>
    public MaeDecoderConfig Decoder { get; init; } = new();

    /// <summary>Share of patches removed, in (0, 1). Default 0.75.</summary>
    public double MaskRatio { get; init; } = 0.75;

    /// <inheritdoc/>
    protected override void AddProblems(Action<bool, string> require)
    {
        foreach (var problem in Encoder.Problems()) require(false, problem);
        require(MaskRatio is > 0 and < 1, $"MaskRatio is {MaskRatio}; it lies in (0, 1).");
        require(Decoder.Width % Math.Max(1, Decoder.Heads) == 0 && Decoder.Width % 4 == 0,
            $"The decoder's width is {Decoder.Width}; it is a multiple of 4 and of its heads ({Decoder.Heads}).");
    }
}
