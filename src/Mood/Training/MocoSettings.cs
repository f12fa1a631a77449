using MoodStream.Mood.Vision;

namespace MoodStream.Mood.Training;

/// <summary>Recipe of contrastive pre-training (MoCo v3).</summary>
/// <remarks>
/// Source of the defaults: Chen, Xie and He 2021, appendix (ViT): weight decay 0.1, temperature 0.2, momentum 0.99 rising
/// to 1, crops from 0.08; projector and predictor are narrower, for small encoders.
/// </remarks>
public sealed record MocoSettings : TrainingSettings
{
    /// <summary>The published defaults.</summary>
    public MocoSettings() => (WeightDecay, WarmUpShare, MinCropScale) = (0.1, 0.1, 0.08);

    /// <summary>The encoder.</summary>
    public required VitConfig Encoder { get; init; }

    /// <summary>Width of the hidden layers of projector and predictor. Default 512 (published: 4096).</summary>
    public int HiddenWidth { get; init; } = 512;

    /// <summary>Length of the vectors that are contrasted. Default 128 (published: 256).</summary>
    public int VectorLength { get; init; } = 128;

    /// <summary>Temperature τ of the contrast, in (0, 10]. Default 0.2.</summary>
    public double Temperature { get; init; } = 0.2;

    /// <summary>Momentum of the second encoder at the beginning, in [0, 1]; it rises to 1 along a cosine. Default 0.99.</summary>
    public double Momentum { get; init; } = 0.99;

    /// <inheritdoc/>
    protected override void AddProblems(Action<bool, string> require)
    {
        foreach (var problem in Encoder.Problems()) require(false, problem);
        require(BatchSize / Math.Max(1, Parts) >= 2, $"BatchSize is {BatchSize} in {Parts} parts; a contrast needs two images.");
        require(HiddenWidth is > 0 and <= 65536, $"HiddenWidth is {HiddenWidth}; it lies in 1..65536.");
        require(VectorLength is > 0 and <= 65536, $"VectorLength is {VectorLength}; it lies in 1..65536.");
        require(Temperature is > 0 and <= 10, $"Temperature is {Temperature}; it lies in (0, 10].");
        require(Momentum is >= 0 and <= 1, $"Momentum is {Momentum}; it lies in [0, 1].");
    }
}
