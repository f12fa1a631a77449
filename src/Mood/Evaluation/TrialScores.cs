using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;

namespace MoodStream.Mood.Evaluation;

/// <summary>Scores of one set of images.</summary>
/// <param name="Set">Name of the set.</param>
/// <param name="Scores">OOD score of each image, [N]; larger is further out.</param>
public sealed record SetScores(string Set, double[] Scores);

/// <summary>All scores of one detector in one trial.</summary>
/// <param name="Trial">The trial.</param>
/// <param name="Detector">Name of the detector.</param>
/// <param name="Id">OOD score of each in-distribution test image, [N]; larger is further out.</param>
/// <param name="Oods">The same for each OOD set, in the trial's order.</param>
public sealed record TrialScores(Trial Trial, string Detector, double[] Id, IReadOnlyList<SetScores> Oods)
{
    /// <summary>Fits a detector to a trial's training images and scores all its test images.</summary>
    /// <exception cref="ArgumentException">The detector needs a classifier, and the trial has none.</exception>
    /// <exception cref="StatisticsException">The detector cannot be fitted, or an image cannot be scored.</exception>
    public static TrialScores Of(Trial trial, Detector detector)
    {
        using var fitted = detector.Fit(trial.IdTrain.Inputs(detector.Input), trial.IdTrain.Labels, trial.Classifier);
        return new TrialScores(
            trial, detector.Name, ScoresOf(fitted, trial.IdTest),
            [.. trial.Oods.Select(o => new SetScores(o.Name, ScoresOf(fitted, o)))]);
    }

    private static double[] ScoresOf(FittedDetector detector, EvaluationSet set)
    {
        var scores = detector.Score(set.Inputs(detector.Detector.Input)).Scores;
        var unscored = Array.FindIndex(scores, s => !double.IsFinite(s));
        return unscored < 0
            ? scores
            : throw new StatisticsException(
                StatisticsFault.NotFinite, $"Image {unscored} of '{set.Name}' has no finite score under {detector.Detector}.");
    }
}
