using MoodStream.Mood.Vision;

namespace MoodStream.Mood.Evaluation;

/// <summary>One fit and what it is tested with.</summary>
/// <param name="Name">Name in the results, such as <c>class 3</c>.</param>
/// <param name="IdTrain">In-distribution images to fit to; labels where detectors are to use them.</param>
/// <param name="IdTest">In-distribution images to test with.</param>
/// <param name="Oods">Out-of-distribution sets, at least one.</param>
public sealed record Trial(
    string Name, EvaluationSet IdTrain, EvaluationSet IdTest, IReadOnlyList<EvaluationSet> Oods)
{
    /// <summary>The last layer that logit detectors look at; null if there is none. Not owned.</summary>
    public LinearClassifier? Classifier { get; init; }

    /// <summary>Name of all OOD sets together, where a row is the mean over them; null for a row each.</summary>
    public string? MeanOver { get; init; }

    /// <summary>The class that is in-distribution, where it is one; null otherwise.</summary>
    public int? Class { get; init; }

    /// <summary>Names of the classes that are out-of-distribution in this trial, where they were held out; empty
    /// otherwise.</summary>
    public IReadOnlyList<string> HeldOut { get; init; } = [];

    /// <summary>Number of labelled classes; 1 without labels.</summary>
    public int ClassCount => IdTrain.Labels is null ? 1 : IdTrain.RowsByClass().Count;
}

/// <summary>The trials of a protocol, and the sets that were made for them.</summary>
/// <param name="protocol">Name of the protocol.</param>
/// <param name="trials">The trials, at least one.</param>
/// <param name="owned">What is disposed with them.</param>
public class TrialPlan(string protocol, IReadOnlyList<Trial> trials, IReadOnlyList<IDisposable> owned) : IDisposable
{
    /// <summary>Name of the protocol.</summary>
    public string Protocol { get; } = protocol;

    /// <summary>The trials, at least one.</summary>
    public IReadOnlyList<Trial> Trials { get; } = trials;

    /// <summary>Scores that need more than a detector fitted to in-distribution images; none in most protocols.</summary>
    /// <param name="cancellation">Stops between two trials.</param>
    public virtual IEnumerable<TrialScores> MoreScores(CancellationToken cancellation) => [];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var one in owned) one.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The last layer that logit detectors of a trial look at; null if there is none.</summary>
/// <param name="idTrain">The trial's training images, with labels or without.</param>
public delegate LinearClassifier? ClassifierChoice(EvaluationSet idTrain);
