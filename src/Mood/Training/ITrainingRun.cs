using MoodStream.Mood.Datasets;

namespace MoodStream.Mood.Training;

/// <summary>A training run that can stop after any step and go on later to the numbers of an unbroken run.</summary>
/// <remarks>Thread-safety: owned by one thread.</remarks>
public interface ITrainingRun : IDisposable
{
    /// <summary>Steps done.</summary>
    long Step { get; }

    /// <summary>Steps in all.</summary>
    long TotalSteps { get; }

    /// <summary>Images in a step B.</summary>
    int BatchSize { get; }

    /// <summary>Writes all that is needed to resume; an older checkpoint is replaced only once this one is whole.</summary>
    void Save(string path);

    /// <summary>Goes on from a checkpoint.</summary>
    /// <exception cref="Weights.SafetensorsException">The file is damaged, or of another recipe.</exception>
    void Resume(string path);

    /// <summary>Trains until all steps are done or the token is cancelled.</summary>
    /// <param name="afterStep">Called on this thread after every step.</param>
    /// <param name="cancellation">Stops after the step in hand.</param>
    /// <exception cref="TrainingException">The loss is not a finite number; the model is as after the step before.</exception>
    /// <exception cref="DatasetException">The data set cannot be read any more.</exception>
    void Run(Action<TrainingProgress> afterStep, CancellationToken cancellation);

    /// <summary>Writes what the run is for, a backbone or a tokenizer, with averaged weights where the run averages.</summary>
    /// <param name="path">The file; replaced once the new one is whole.</param>
    /// <param name="origin">Where it comes from: free text for people (data, command, seed).</param>
    void Export(string path, string origin);
}
