using MoodStream.Mood.Vision;

namespace MoodStream.Mood.Training;

/// <summary>What a fine-tuning run is for; it decides the defaults.</summary>
public enum FinetuneStage
{
    /// <summary>On a large labelled set, after masked pre-training.</summary>
    Intermediate,

    /// <summary>On the labelled in-distribution set.</summary>
    MultiClass,

    /// <summary>
    /// On one class: all labels equal, with as many outputs as the whole set has classes, kept from collapse by the label smoothing.
    /// </summary>
    OneClass,
}

/// <summary>Recipe of a supervised fine-tuning run.</summary>
/// <remarks>
/// Source of the defaults: Li et al. 2023 (its released recipes for BEiT-B) and Bao et al. 2022; learning rates are for a
/// batch of 256 and scaled with the batch, as there.
/// </remarks>
public sealed record FinetuneSettings
{
    private const int ReferenceBatch = 256;

    /// <summary>What the run is for.</summary>
    public required FinetuneStage Stage { get; init; }

    /// <summary>Passes over the data.</summary>
    public required int Epochs { get; init; }

    /// <summary>Images in a step B. Default 128.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Learning rate of the top for a batch of 256. Default 5e-4.</summary>
    public double BaseLearningRate { get; init; } = 5e-4;

    /// <summary>Learning rate at the last step. Default 1e-6.</summary>
    public double MinimumLearningRate { get; init; } = 1e-6;

    /// <summary>Share of the steps spent on warm-up, in [0, 1). Default 0.05.</summary>
    public double WarmUpShare { get; init; } = 0.05;

    /// <summary>Weight decay of matrices. Default 0.05.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Layer decay γ, in (0, 1]. Default 0.65.</summary>
    public double LayerDecay { get; init; } = 0.65;

    /// <summary>Largest drop path, in [0, 1). Default 0.1.</summary>
    public double DropPath { get; init; } = 0.1;

    /// <summary>Largest norm of the gradient; 0 does not clip. Default 3.</summary>
    public double ClipNorm { get; init; } = 3;

    /// <summary>Label smoothing α, in [0, 1). Default 0.1.</summary>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Smallest share of the area cut out by the random crop. Default 0.35, for small images.</summary>
    public double MinCropScale { get; init; } = 0.35;

    /// <summary>Magnitude of RandAugment, in [0, 10]; 0 is off. Default 0; the paper's recipe for photographs has 9.</summary>
    public double AugmentMagnitude { get; init; }

    /// <summary>Share of the images with a part erased. Default 0.25.</summary>
    public double ErasingProbability { get; init; } = 0.25;

    /// <summary>α of mixup; 0 is off. Default 0.</summary>
    public double MixupAlpha { get; init; }

    /// <summary>α of CutMix; 0 is off. Default 0.</summary>
    public double CutMixAlpha { get; init; }

    /// <summary>Decay of the running average of the weights, in [0, 1); 0 is off. Default 0.</summary>
    public double AverageDecay { get; init; }

    /// <summary>Outputs K of a one-class run, at least 2. Default 10.</summary>
    public int OneClassOutputs { get; init; } = 10;

    /// <summary>Seed of the classifier, order, crops, drop path and mixing. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Worker threads that prepare batches. Default 1.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Device of the training: <c>cpu</c> or <c>cuda</c>. Default cpu.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Learning rate of the top at its peak.</summary>
    public double PeakLearningRate => BaseLearningRate * BatchSize / ReferenceBatch;

    /// <summary>Number of logits for a data set of so many classes.</summary>
    public int OutputsFor(int classes) => Stage == FinetuneStage.OneClass ? OneClassOutputs : classes;

    /// <summary>Everything that is wrong with these settings; empty if the run can start.</summary>
    /// <param name="encoder">The encoder to be tuned.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="classes">Number of classes; 0 where there are no labels.</param>
    public IReadOnlyList<string> Problems(VitConfig encoder, int images, int classes)
    {
        var problems = new List<string>(encoder.Problems());
        Require(Epochs is > 0 and <= 100_000, $"Epochs is {Epochs}; it lies in 1..100000.");
        Require(BatchSize is > 0 and <= 65536, $"BatchSize is {BatchSize}; it lies in 1..65536.");
        Require(BatchSize <= images, $"BatchSize is {BatchSize}, yet there are only {images} images.");
        Require(BaseLearningRate is > 0 and < 1, $"BaseLearningRate is {BaseLearningRate}; it lies in (0, 1).");
        Require(MinimumLearningRate >= 0 && MinimumLearningRate <= PeakLearningRate,
            $"MinimumLearningRate is {MinimumLearningRate}; it lies in 0..{PeakLearningRate}, the peak.");
        Require(ClipNorm >= 0 && double.IsFinite(ClipNorm), $"ClipNorm is {ClipNorm}; it is at least 0.");
        Require(LayerDecay is > 0 and <= 1, $"LayerDecay is {LayerDecay}; it lies in (0, 1].");
        Require(MinCropScale is > 0 and <= 1, $"MinCropScale is {MinCropScale}; it lies in (0, 1].");
        Require(AugmentMagnitude is >= 0 and <= 10, $"AugmentMagnitude is {AugmentMagnitude}; it lies in [0, 10].");
        Require(ErasingProbability is >= 0 and <= 1, $"ErasingProbability is {ErasingProbability}; it lies in [0, 1].");
        Require(MixupAlpha is >= 0 and <= 100 && CutMixAlpha is >= 0 and <= 100, "MixupAlpha and CutMixAlpha lie in 0..100.");
        foreach (var (name, share) in Shares()) Require(share is >= 0 and < 1, $"{name} is {share}; it lies in [0, 1).");
        Require(Workers is > 0 and <= 256, $"Workers is {Workers}; it lies in 1..256.");
        if (Stage == FinetuneStage.OneClass)
        {
            Require(OneClassOutputs is >= 2 and <= 100_000, $"OneClassOutputs is {OneClassOutputs}; it lies in 2..100000.");
            Require(LabelSmoothing > 0, "LabelSmoothing is 0; one class has no gradient without it.");
            Require(MixupAlpha == 0 && CutMixAlpha == 0, "MixupAlpha and CutMixAlpha have nothing to mix in one class.");
        }
        else Require(classes >= 2, $"There are {classes} classes; {Stage} needs at least two. For one class there is {FinetuneStage.OneClass}.");
        return problems;

        void Require(bool holds, string otherwise)
        {
            if (!holds) problems.Add(otherwise);
        }
    }

    private (string Name, double Share)[] Shares() =>
    [
        (nameof(WarmUpShare), WarmUpShare), (nameof(WeightDecay), WeightDecay), (nameof(DropPath), DropPath),
        (nameof(LabelSmoothing), LabelSmoothing), (nameof(AverageDecay), AverageDecay),
    ];
}
