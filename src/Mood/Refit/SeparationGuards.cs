using MoodStream.Mood.Calibration;
using MoodStream.Mood.Metrics;

namespace MoodStream.Mood.Refit;

/// <summary>Whether kept OOD images are told apart as well as by the active version.</summary>
internal static class SeparationGuards
{
    public static IEnumerable<GuardResult> Check(RefitCandidate candidate, CandidateScores scores, RefitGuardLimits limits)
    {
        if (Unmeasurable(scores) is { } why)
            return
            [
                GuardResult.Unmeasured(RefitGuards.Separation, GuardBound.AtLeast, 0, why),
                GuardResult.Unmeasured(RefitGuards.Detection, GuardBound.AtLeast, 0, why),
            ];
        return [Separation(scores, limits), Detection(candidate, scores, limits)];
    }

    private static string? Unmeasurable(CandidateScores scores) =>
        scores.Ood.Length == 0 ? "Not measured: no image that a person confirmed as OOD is kept."
        : scores.Fresh.Length == 0 ? "Not measured: there are no fresh images."
        : scores.ActiveOod.Length == 0 || scores.ActiveFresh.Length == 0 ? "Not measured: there is no active version."
        : null;

    private static GuardResult Separation(CandidateScores scores, RefitGuardLimits limits)
    {
        var auroc = RocCurve.AurocOf(scores.Fresh, scores.Ood);
        var active = RocCurve.AurocOf(scores.ActiveFresh, scores.ActiveOod);
        return GuardResult.AtLeast(
            RefitGuards.Separation, auroc, active - limits.SeparationTolerance,
            $"AUROC {auroc:F4} against {scores.Ood.Length:N0} kept OOD images, {active:F4} by the active version",
            "OOD images may be among those accepted; review them, and recall the bad source");
    }

    /// <summary>
    /// The active version is asked at the rate that its threshold should have on the fresh images: under drift its own
    /// threshold catches everything, ID images included. Images that were held back scored above the others.
    /// </summary>
    private static GuardResult Detection(RefitCandidate candidate, CandidateScores scores, RefitGuardLimits limits)
    {
        var rate = candidate.Statistics.TargetFalseAlarmRate;
        var caught = ShareAbove(scores.Ood, candidate.Statistics.Threshold);
        var heldBack = Enumerable.Repeat(scores.ActiveFresh.Max(), candidate.HeldBack);
        var fresh = ConformalCalibration.Of([.. scores.ActiveFresh, .. heldBack]);
        var active = ShareAbove(scores.ActiveOod, fresh.Threshold(Math.Max(rate, fresh.SmallestRate)));
        return GuardResult.AtLeast(
            RefitGuards.Detection, caught, active - limits.DetectionTolerance,
            $"{caught:P1} of {scores.Ood.Length:N0} kept OOD images are caught, {active:P1} by the active version",
            "OOD images may be among the calibration images; review what was accepted, and recall the bad source");
    }

    private static double ShareAbove(double[] scores, double threshold) => scores.Count(s => s > threshold) / (double)scores.Length;
}
