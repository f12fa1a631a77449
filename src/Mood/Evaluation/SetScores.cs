using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;

namespace MoodStream.Mood.Evaluation;

/// <summary>Scores of a whole set, each of them a number.</summary>
internal static class SetScores
{
    /// <summary>Scores every image of a set.</summary>
    /// <exception cref="StatisticsException">An image cannot be scored; the message names set and image.</exception>
    public static double[] Of(FittedDetector detector, EvaluationSet set)
    {
        var scores = detector.Score(set.Inputs(detector.Detector.Input)).Scores;
        var unscored = Array.FindIndex(scores, s => !double.IsFinite(s));
        return unscored < 0
            ? scores
            : throw new StatisticsException(StatisticsFault.NotFinite, $"Image {unscored} of '{set.Name}' has no finite score under {detector.Detector}.");
    }
}
