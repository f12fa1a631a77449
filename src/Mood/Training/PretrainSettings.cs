using MoodStream.Mood.Masking;
using MoodStream.Mood.Vision;

namespace MoodStream.Mood.Training;

/// <summary>Recipe of a masked pre-training run (MAE).</summary>
/// <remarks>Source of the defaults: He et al. 2022, table 8; the batch is smaller and the learning rate scaled with it.</remarks>
public sealed record PretrainSettings
{
    /// <summary>The encoder.</summary>
    public required VitConfig Encoder { get; init; }

    /// <summary>The decoder.</summary>
    public MaeDecoderConfig Decoder { get; init; } = new();

    /// <summary>Passes over the data.</summary>
    public required int Epochs { get; init; }

    /// <summary>Images in a step B. Default 256.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Learning rate for a batch of 256; scaled by B / 256. Default 1.5e-4 as published; small runs take more.</summary>
    public double BaseLearningRate { get; init; } = 1.5e-4;

    /// <summary>Share of the steps spent on warm-up, in [0, 1). Default 0.05.</summary>
    public double WarmUpShare { get; init; } = 0.05;

    /// <summary>Weight decay of matrices. Default 0.05.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Share of patches removed, in (0, 1). Default 0.75.</summary>
    public double MaskRatio { get; init; } = 0.75;

    /// <summary>Smallest share of the area cut out by the random crop. Default 0.2.</summary>
    public double MinCropScale { get; init; } = 0.2;

    /// <summary>Seed of initialisation, order, crops and masks. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Worker threads that prepare batches. Default 1.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Device of the training: <c>cpu</c> or <c>cuda</c>. Default cpu.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Learning rate at its peak.</summary>
    public double PeakLearningRate => BaseLearningRate * BatchSize / 256;

    /// <summary>Everything that is wrong with these settings; empty if the run can start.</summary>
    public IReadOnlyList<string> Problems(int images)
    {
        var problems = new List<string>(Encoder.Problems());
        Require(Epochs is > 0 and <= 100_000, $"Epochs is {Epochs}; it lies in 1..100000.");
        Require(BatchSize is > 0 and <= 65536, $"BatchSize is {BatchSize}; it lies in 1..65536.");
        Require(BatchSize <= images, $"BatchSize is {BatchSize}, yet there are only {images} images.");
        Require(BaseLearningRate is > 0 and < 1, $"BaseLearningRate is {BaseLearningRate}; it lies in (0, 1).");
        Require(WarmUpShare is >= 0 and < 1, $"WarmUpShare is {WarmUpShare}; it lies in [0, 1).");
        Require(WeightDecay is >= 0 and < 1, $"WeightDecay is {WeightDecay}; it lies in [0, 1).");
        Require(MaskRatio is > 0 and < 1, $"MaskRatio is {MaskRatio}; it lies in (0, 1).");
        Require(MinCropScale is > 0 and <= 1, $"MinCropScale is {MinCropScale}; it lies in (0, 1].");
        Require(Workers is > 0 and <= 256, $"Workers is {Workers}; it lies in 1..256.");
        Require(Decoder.Width % Math.Max(1, Decoder.Heads) == 0 && Decoder.Width % 4 == 0,
            $"The decoder's width is {Decoder.Width}; it is a multiple of 4 and of its heads ({Decoder.Heads}).");
        return problems;

        void Require(bool holds, string otherwise)
        {
            if (!holds) problems.Add(otherwise);
        }
    }
}
