using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Refit;

/// <summary>Whether there are enough images, of every kind, for statistics that can be computed with.</summary>
internal static class SampleGuards
{
    public static IEnumerable<GuardResult> Check(RefitCandidate candidate, RefitGuardLimits limits)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        return [EffectiveSize(candidate, limits), Finite(candidate), Rank(candidate, limits), Condition(candidate, limits), Balance(candidate, limits)];
    }

    private static GuardResult EffectiveSize(RefitCandidate candidate, RefitGuardLimits limits)
    {
        var (size, classes) = (candidate.Moments.EffectiveSize, ClassesOf(candidate));
        var wanted = limits.EffectiveImagesPerFeature * candidate.Moments.Dimension + limits.EffectiveImagesPerClass * classes;
        return GuardResult.AtLeast(
            RefitGuards.EffectiveSize, size, wanted,
            $"{size:N0} effective images for {candidate.Moments.Dimension} features and {classes} classes",
            $"wait for {wanted:N0}, or forget more slowly");
    }

    private static GuardResult Finite(RefitCandidate candidate)
    {
        var (statistics, moments) = (candidate.Statistics, candidate.Moments);
        Tensor[] parts = [moments.Weights, moments.Means, moments.Within, .. statistics.Detector.State.Values];
        var wrong = parts.Sum(p => Reduce.Total(p.isfinite().logical_not()))
            + statistics.Calibration.Scores.ToArray().Count(s => !double.IsFinite(s));
        return GuardResult.AtMost(
            RefitGuards.Finite, wrong, 0, $"{wrong:N0} numbers are not finite",
            "the moments are damaged; rebuild them from the topics");
    }

    /// <summary>
    /// Rank of the covariance before shrinkage, which would hide what the images do not span.
    /// </summary>
    private static GuardResult Rank(RefitCandidate candidate, RefitGuardLimits limits)
    {
        double rank = 0, dimension = candidate.Moments.Dimension;
        using (var covariance = UsesLabels(candidate) ? candidate.Moments.TiedCovariance() : candidate.Moments.GlobalCovariance())
            if (covariance.isfinite().all().item<bool>()) rank = CovarianceSpectrum.Of(covariance).Rank;
        return GuardResult.AtLeast(
            RefitGuards.Rank, rank / dimension, limits.RankShare, $"the images span {rank} of {dimension} features",
            "wait for more different images; a stream of one repeated image looks like this");
    }

    private static GuardResult Condition(RefitCandidate candidate, RefitGuardLimits limits)
    {
        var condition = candidate.Statistics.Detector.Diagnostics.Condition;
        return GuardResult.AtMost(
            RefitGuards.Condition, condition, limits.Condition, $"the condition number is {condition:G3}",
            "take a detector that shrinks the covariance, or wait for more images");
    }

    private static GuardResult Balance(RefitCandidate candidate, RefitGuardLimits limits)
    {
        if (ClassesOf(candidate) == 1)
            return GuardResult.Unmeasured(
                RefitGuards.ClassBalance, GuardBound.AtLeast, limits.ClassBalance, "Not measured: there is one class.");
        var weights = candidate.Moments.Weights;                                 // [K]
        var equal = candidate.Moments.Weight / candidate.Moments.ClassCount;
        var share = weights.min().item<double>() / equal;
        return GuardResult.AtLeast(
            RefitGuards.ClassBalance, share, limits.ClassBalance,
            $"class {weights.argmin().item<long>()} has {share:P1} of an equal share",
            "wait until it comes back into the stream, or fit the gate anew without it");
    }

    private static bool UsesLabels(RefitCandidate candidate) => ((IMomentDetector)candidate.Statistics.Detector.Detector).UsesLabels;

    private static int ClassesOf(RefitCandidate candidate) => UsesLabels(candidate) ? candidate.Moments.ClassCount : 1;
}
