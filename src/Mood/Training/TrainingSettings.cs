using System.Text.Json;

namespace MoodStream.Mood.Training;

/// <summary>Arithmetic of a training run.</summary>
public enum TrainingPrecision
{
    /// <summary>Everything in float32.</summary>
    Full,

    /// <summary>Matrix products of the encoder in bfloat16; weights, norms, losses and the optimiser in float32.</summary>
    Mixed,
}

/// <summary>What the recipes of all training methods have in common.</summary>
/// <remarks>Learning rates are for a batch of 256 and scaled with the batch, as in He et al. 2022 and Bao et al. 2022.</remarks>
public abstract record TrainingSettings
{
    private const int ReferenceBatch = 256;

    /// <summary>Passes over the data.</summary>
    public required int Epochs { get; init; }

    /// <summary>Images in a step B. Default 256.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>
    /// Parts a batch goes through the model in, one after another; their gradients are added. Divides the batch. Default 1.
    /// More saves memory; what a method computes across a batch (contrast, batch norms) then sees one part only.
    /// </summary>
    public int Parts { get; init; } = 1;

    /// <summary>Learning rate for a batch of 256; scaled by B / 256. Default 1.5e-4.</summary>
    public double BaseLearningRate { get; init; } = 1.5e-4;

    /// <summary>Learning rate at the last step. Default 0.</summary>
    public double MinimumLearningRate { get; init; }

    /// <summary>Share of the steps spent on warm-up, in [0, 1). Default 0.05.</summary>
    public double WarmUpShare { get; init; } = 0.05;

    /// <summary>Weight decay of matrices. Default 0.05.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Decay of AdamW's second moment, in (0, 1). Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Largest norm of the gradient; 0 does not clip. Default 0.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Decay of the running average of the weights, in [0, 1); 0 is off. Default 0.</summary>
    public double AverageDecay { get; init; }

    /// <summary>Smallest share of the area cut out by the random crop, in (0, 1]. Default 0.2.</summary>
    public double MinCropScale { get; init; } = 0.2;

    /// <summary>Arithmetic. Default float32.</summary>
    public TrainingPrecision Precision { get; init; } = TrainingPrecision.Full;

    /// <summary>Seed of initialisation, order, crops, masks and noise. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Worker threads that prepare batches. Default 1.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Device of the training: <c>cpu</c> or <c>cuda</c>. Default cpu.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Learning rate at its peak.</summary>
    public double PeakLearningRate => BaseLearningRate * BatchSize / ReferenceBatch;

    /// <summary>Everything that is wrong with these settings; empty if the run can start.</summary>
    /// <param name="images">Number of images.</param>
    public IReadOnlyList<string> Problems(int images)
    {
        var problems = new List<string>();
        Require(Epochs is > 0 and <= 100_000, $"Epochs is {Epochs}; it lies in 1..100000.");
        Require(BatchSize is > 0 and <= 65536, $"BatchSize is {BatchSize}; it lies in 1..65536.");
        Require(BatchSize <= images, $"BatchSize is {BatchSize}, yet there are only {images} images.");
        Require(Parts > 0 && BatchSize % Math.Max(1, Parts) == 0, $"Parts is {Parts}; it divides BatchSize ({BatchSize}).");
        Require(BaseLearningRate is > 0 and < 1, $"BaseLearningRate is {BaseLearningRate}; it lies in (0, 1).");
        Require(MinimumLearningRate >= 0 && MinimumLearningRate <= PeakLearningRate,
            $"MinimumLearningRate is {MinimumLearningRate}; it lies in 0..{PeakLearningRate}, the peak.");
        Require(WarmUpShare is >= 0 and < 1, $"WarmUpShare is {WarmUpShare}; it lies in [0, 1).");
        Require(WeightDecay is >= 0 and < 1, $"WeightDecay is {WeightDecay}; it lies in [0, 1).");
        Require(Beta2 is > 0 and < 1, $"Beta2 is {Beta2}; it lies in (0, 1).");
        Require(ClipNorm >= 0 && double.IsFinite(ClipNorm), $"ClipNorm is {ClipNorm}; it is at least 0.");
        Require(AverageDecay is >= 0 and < 1, $"AverageDecay is {AverageDecay}; it lies in [0, 1).");
        Require(MinCropScale is > 0 and <= 1, $"MinCropScale is {MinCropScale}; it lies in (0, 1].");
        Require(Workers is > 0 and <= 256, $"Workers is {Workers}; it lies in 1..256.");
        AddProblems(Require);
        return problems;

        void Require(bool holds, string otherwise)
        {
            if (!holds) problems.Add(otherwise);
        }
    }

    /// <summary>All that decides the numbers of a run, as text: what a checkpoint must agree with to be resumed.</summary>
    internal string Describe() => JsonSerializer.Serialize<object>(this with { Workers = 1, Device = "" });

    /// <summary>States what the method itself requires: whether it holds, and what is wrong otherwise.</summary>
    protected abstract void AddProblems(Action<bool, string> require);
}
