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
public sealed record FinetuneSettings : TrainingSettings
{
    /// <summary>The published defaults, with a crop for small images.</summary>
    public FinetuneSettings()
    {
        (BatchSize, BaseLearningRate, MinimumLearningRate) = (128, 5e-4, 1e-6);
        (ClipNorm, MinCropScale) = (3, 0.35);
    }

    /// <summary>What the run is for.</summary>
    public required FinetuneStage Stage { get; init; }

    /// <summary>Layer decay γ, in (0, 1]. Default 0.65.</summary>
    public double LayerDecay { get; init; } = 0.65;

    /// <summary>Largest drop path, in [0, 1). Default 0.1.</summary>
    public double DropPath { get; init; } = 0.1;

    /// <summary>Label smoothing α, in [0, 1). Default 0.1.</summary>
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Magnitude of RandAugment, in [0, 10]; 0 is off. Default 0; the paper's recipe for photographs has 9.</summary>
    public double AugmentMagnitude { get; init; }

    /// <summary>Share of the images with a part erased. Default 0.25.</summary>
    public double ErasingProbability { get; init; } = 0.25;

    /// <summary>α of mixup; 0 is off. Default 0.</summary>
    public double MixupAlpha { get; init; }

    /// <summary>α of CutMix; 0 is off. Default 0.</summary>
    public double CutMixAlpha { get; init; }

    /// <summary>Outputs K of a one-class run, at least 2. Default 10.</summary>
    public int OneClassOutputs { get; init; } = 10;

    /// <summary>Weight λ of the outliers' loss, where the data have outliers; 0 for none. Default 0 (published: 0.5).</summary>
    public double OutlierWeight { get; init; }

    /// <summary>Number of logits for a data set of so many classes.</summary>
    public int OutputsFor(int classes) => Stage == FinetuneStage.OneClass ? OneClassOutputs : classes;

    /// <summary>Everything that is wrong with these settings; empty if the run can start.</summary>
    /// <param name="encoder">The encoder to be tuned.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="classes">Number of classes; 0 where there are no labels.</param>
    public IReadOnlyList<string> Problems(VitConfig encoder, int images, int classes)
    {
        List<string> problems = [.. encoder.Problems(), .. Problems(images)];
        if (Stage != FinetuneStage.OneClass && classes < 2)
            problems.Add(
                $"There are {classes} classes; {Stage} needs at least two. For one class there is {FinetuneStage.OneClass}.");
        return problems;
    }

    /// <inheritdoc/>
    protected override void AddProblems(Action<bool, string> require)
    {
        require(LayerDecay is > 0 and <= 1, $"LayerDecay is {LayerDecay}; it lies in (0, 1].");
        require(DropPath is >= 0 and < 1, $"DropPath is {DropPath}; it lies in [0, 1).");
        require(LabelSmoothing is >= 0 and < 1, $"LabelSmoothing is {LabelSmoothing}; it lies in [0, 1).");
        require(AugmentMagnitude is >= 0 and <= 10, $"AugmentMagnitude is {AugmentMagnitude}; it lies in [0, 10].");
        require(ErasingProbability is >= 0 and <= 1, $"ErasingProbability is {ErasingProbability}; it lies in [0, 1].");
        require(MixupAlpha is >= 0 and <= 100 && CutMixAlpha is >= 0 and <= 100, "MixupAlpha and CutMixAlpha lie in 0..100.");
        require(OutlierWeight is >= 0 and <= 100, $"OutlierWeight is {OutlierWeight}; it lies in [0, 100].");
        require(OutlierWeight == 0 || (MixupAlpha == 0 && CutMixAlpha == 0), "MixupAlpha and CutMixAlpha would mix outliers in.");
        if (Stage != FinetuneStage.OneClass) return;
        require(OneClassOutputs is >= 2 and <= 100_000, $"OneClassOutputs is {OneClassOutputs}; it lies in 2..100000.");
        require(LabelSmoothing > 0, "LabelSmoothing is 0; one class has no gradient without it.");
        require(MixupAlpha == 0 && CutMixAlpha == 0, "MixupAlpha and CutMixAlpha have nothing to mix in one class.");
    }
}
