namespace MoodStream.Mood.Training;

/// <summary>Where a training run stands after a step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Steps in all.</param>
/// <param name="Epoch">Passes over the data, with a fraction.</param>
/// <param name="Loss">Loss of this step.</param>
/// <param name="LearningRate">Learning rate of this step.</param>
/// <param name="Images">Images seen so far in this run.</param>
/// <param name="Waited">How long this run has waited for batches so far.</param>
/// <param name="Figures">What else the method tells of this step, by name: an accuracy, a perplexity, ….</param>
public readonly record struct TrainingProgress(
    long Step, long TotalSteps, double Epoch, double Loss, double LearningRate, long Images, TimeSpan Waited,
    IReadOnlyDictionary<string, double> Figures);

/// <summary>Training stopped because its numbers went wrong.</summary>
public sealed class TrainingException(string message) : Exception(message);
