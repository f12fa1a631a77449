using MoodStream.Mood.Vision;

namespace MoodStream.Mood.Training;

/// <summary>Recipe of masked prediction of visual tokens (BEiT; with a loss for the class token, BEiT v2).</summary>
/// <remarks>
/// Source of the defaults: Bao et al. 2022, appendix: learning rate 1.5e-3 for a batch of 2048, clipping at 3, 40 % removed
/// in blocks, colour jitter 0.4.
/// </remarks>
public sealed record BeitSettings : TrainingSettings
{
    /// <summary>Least share of a tokenizer's vocabulary in use, unless another is asked for.</summary>
    public const double UsualLeastCodeUse = 0.3;

    private const double PublishedLeastBlock = 16.0 / 196;

    /// <summary>The published defaults.</summary>
    public BeitSettings() => (BaseLearningRate, MinimumLearningRate, ClipNorm) = (5e-4, 1e-5, 3);

    /// <summary>The encoder.</summary>
    public required VitConfig Encoder { get; init; }

    /// <summary>Share of patches removed, in (0, 1). Default 0.4.</summary>
    public double MaskRatio { get; init; } = 0.4;

    /// <summary>Largest change of brightness, contrast and saturation, in [0, 1]. Default 0.4.</summary>
    public double ColourJitter { get; init; } = 0.4;

    /// <summary>Blocks of the class token's own loss (BEiT v2 has 2); 0 is off. Default 0.</summary>
    public int ClassTokenDepth { get; init; }

    /// <summary>Least share of the tokenizer's vocabulary that must be in use, in [0, 1]. Default 0.3.</summary>
    public double LeastCodeUse { get; init; } = UsualLeastCodeUse;

    /// <summary>Most patches removed.</summary>
    internal int Removed => (int)Math.Round(MaskRatio * Encoder.Patches);

    /// <summary>Least area of a block, in patches: 16 of 196, as published.</summary>
    internal int LeastBlock => Math.Max(1, (int)Math.Round(PublishedLeastBlock * Encoder.Patches));

    /// <inheritdoc/>
    protected override void AddProblems(Action<bool, string> require)
    {
        foreach (var problem in Encoder.Problems()) require(false, problem);
        require(MaskRatio is > 0 and < 1, $"MaskRatio is {MaskRatio}; it lies in (0, 1).");
        require(ColourJitter is >= 0 and <= 1, $"ColourJitter is {ColourJitter}; it lies in [0, 1].");
        require(ClassTokenDepth is >= 0 and <= 16, $"ClassTokenDepth is {ClassTokenDepth}; it lies in 0..16.");
        require(ClassTokenDepth == 0 || Encoder is { ClassToken: true, Registers: 0 },
            "ClassTokenDepth is set, yet the encoder has no class token, or has registers.");
        require(LeastCodeUse is >= 0 and <= 1, $"LeastCodeUse is {LeastCodeUse}; it lies in [0, 1].");
        require(Encoder.Pooling != Pooling.NormedMeanOfPatches,
            "The encoder has no norm on its tokens, which the predictor needs; choose a pooling of normed patches.");
    }
}
