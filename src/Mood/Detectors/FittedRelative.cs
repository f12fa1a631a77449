using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>Distance to the nearest class mean minus distance to the mean of all.</summary>
internal sealed class FittedRelative : FittedPair
{
    internal FittedRelative(RelativeDetector detector, FittedDetector classes, FittedDetector global)
        : base(detector, classes, global, [])
    {
    }

    /// <inheritdoc/>
    public override int Dimension => First.Dimension;

    /// <inheritdoc/>
    internal override FittedGaussian? Gaussian => First.Gaussian;

    /// <inheritdoc/>
    public override int ClassCount => First.ClassCount;

    internal static FittedRelative Restore(
        RelativeDetector detector, GaussianDetector classes, GaussianDetector global, IReadOnlyDictionary<string, Tensor> state)
    {
        var (ofClasses, ofAll, more) = RestoreBoth(classes, global, state);
        try
        {
            more.RequireNothingElse();
            if (ofClasses.Dimension != ofAll.Dimension || ofClasses.ClassCount < detector.FewestClasses)
                throw new StatisticsException(
                    StatisticsFault.Inconsistent,
                    $"The two distances are of {ofClasses.Dimension} and {ofAll.Dimension} features and {ofClasses.ClassCount} classes.");
            return new FittedRelative(detector, ofClasses, ofAll);
        }
        catch
        {
            ofClasses.Dispose();
            ofAll.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override DetectorScores Score(Tensor inputs)
    {
        var (scores, nearest) = First.Score(inputs);
        var global = Second.Score(inputs).Scores;
        for (var i = 0; i < scores.Length; i++) scores[i] -= global[i];
        return new DetectorScores(scores, nearest);
    }
}
