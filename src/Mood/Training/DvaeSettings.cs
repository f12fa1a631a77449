using MoodStream.Mood.Tokenizers;

namespace MoodStream.Mood.Training;

/// <summary>Recipe of a discrete variational autoencoder.</summary>
/// <remarks>Source of the defaults: Ramesh et al. 2021, appendix A.2, with the weight of the divergence for a mean error.</remarks>
public sealed record DvaeSettings : TrainingSettings
{
    /// <summary>The published defaults, with the learning rate of small runs.</summary>
    public DvaeSettings()
    {
        (BaseLearningRate, MinimumLearningRate, WeightDecay) = (3e-4, 1e-6, 1e-4);
        (AverageDecay, MinCropScale) = (0.999, 0.35);
    }

    /// <summary>The tokenizer.</summary>
    public required DvaeConfig Tokenizer { get; init; }

    /// <summary>Temperature τ of the Gumbel-softmax at the end, in (0, 1]; it begins at 1. Default 1/16.</summary>
    public double FinalTemperature { get; init; } = 1.0 / 16;

    /// <summary>Share of the steps over which the temperature falls, in [0, 1]. Default one half.</summary>
    public double CoolingShare { get; init; } = 0.5;

    /// <summary>Weight of the divergence from even use of the codes, at the end of its ramp. Default 5e-4.</summary>
    public double DivergenceWeight { get; init; } = 5e-4;

    /// <summary>Share of the steps over which that weight rises from 0, in [0, 1]. Default 0.1.</summary>
    public double DivergenceRampShare { get; init; } = 0.1;

    /// <inheritdoc/>
    protected override void AddProblems(Action<bool, string> require)
    {
        foreach (var problem in Tokenizer.Problems()) require(false, problem);
        require(FinalTemperature is > 0 and <= 1, $"FinalTemperature is {FinalTemperature}; it lies in (0, 1].");
        require(CoolingShare is >= 0 and <= 1, $"CoolingShare is {CoolingShare}; it lies in [0, 1].");
        require(DivergenceWeight is >= 0 and <= 10, $"DivergenceWeight is {DivergenceWeight}; it lies in [0, 10].");
        require(DivergenceRampShare is >= 0 and <= 1, $"DivergenceRampShare is {DivergenceRampShare}; it lies in [0, 1].");
    }
}
