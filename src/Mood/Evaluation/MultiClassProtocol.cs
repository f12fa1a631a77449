namespace MoodStream.Mood.Evaluation;

/// <summary>
/// The paper's multi-class protocol: fit on the whole ID training set, then the whole ID test set against each OOD set.
/// </summary>
/// <remarks>
/// Source: Li et al. 2023, "Rethinking Out-of-distribution (OOD) Detection", section 4. Differs: nothing.
/// </remarks>
public static class MultiClassProtocol
{
    /// <summary>Name of the protocol.</summary>
    public const string Name = "multi-class";

    /// <summary>The one trial. The sets stay the caller's.</summary>
    /// <param name="idTrain">In-distribution images to fit to; labels where detectors are to use them.</param>
    /// <param name="idTest">In-distribution images to test with.</param>
    /// <param name="oods">Out-of-distribution sets, at least one.</param>
    /// <param name="classifier">The last layer for logit detectors; null for none.</param>
    public static TrialPlan Plan(
        EvaluationSet idTrain, EvaluationSet idTest, IReadOnlyList<EvaluationSet> oods, ClassifierChoice? classifier = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(oods.Count);
        return new TrialPlan(Name, [new Trial(idTrain.Name, idTrain, idTest, oods) { Classifier = classifier?.Invoke(idTrain) }], []);
    }
}
