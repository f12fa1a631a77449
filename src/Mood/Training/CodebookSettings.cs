using MoodStream.Mood.Tokenizers;

namespace MoodStream.Mood.Training;

/// <summary>Recipe of a tokenizer whose codes restore a teacher's patches.</summary>
/// <remarks>Source of the defaults: the released code of Peng et al. 2022: AdamW 0.9/0.99, weight decay 1e-4.</remarks>
public sealed record CodebookSettings : TrainingSettings
{
    /// <summary>The published defaults, with the learning rate of small runs.</summary>
    public CodebookSettings() => (BaseLearningRate, WeightDecay, Beta2) = (5e-4, 1e-4, 0.99);

    /// <summary>The tokenizer.</summary>
    public required CodebookConfig Tokenizer { get; init; }

    /// <summary>Weight of the distance between vectors and their codes. Default 1.</summary>
    public double CommitmentWeight { get; init; } = 1;

    /// <inheritdoc/>
    protected override void AddProblems(Action<bool, string> require)
    {
        foreach (var problem in Tokenizer.Problems()) require(false, problem);
        require(CommitmentWeight is >= 0 and <= 100, $"CommitmentWeight is {CommitmentWeight}; it lies in [0, 100].");
    }
}
