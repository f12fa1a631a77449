using MoodStream.Mood.Calibration;

namespace MoodStream.Mood.Refit;

/// <summary>Whether the promised false-alarm rate holds on images that played no part in the refit.</summary>
internal static class PromiseGuards
{
    public static IEnumerable<GuardResult> Check(RefitCandidate candidate, CandidateScores scores, RefitGuardLimits limits)
    {
        var rate = candidate.Statistics.TargetFalseAlarmRate;
        var wanted = Math.Ceiling(1 / rate);
        yield return GuardResult.AtLeast(
            RefitGuards.FreshSize, scores.Fresh.Length, wanted,
            $"{scores.Fresh.Length:N0} fresh images to check a false-alarm rate of {rate:P2} with",
            $"wait for {wanted:N0}, one expected alarm, or send a larger share to calibration");
        yield return FalseAlarms(candidate, scores, limits);
    }

    /// <summary>
    /// Alarms among m fresh images follow BetaBinomial(m, l, n + 1 − l), those among them counted that were held back: each of these may
    /// be an alarm or not. Too few are refused as well: they tell of OOD images among the calibration images, which raise the threshold.
    /// </summary>
    private static GuardResult FalseAlarms(RefitCandidate candidate, CandidateScores scores, RefitGuardLimits limits)
    {
        var images = scores.Fresh.Length;
        if (images == 0)
            return GuardResult.Unmeasured(
                RefitGuards.FalseAlarms, GuardBound.AtMost, candidate.Statistics.TargetFalseAlarmRate,
                "Not measured: there are no fresh images.");
        var alarms = scores.Fresh.Count(s => s > candidate.Statistics.Threshold);
        var whole = images + candidate.HeldBack;
        var (low, high) = Bounds(candidate.Statistics.RealisedRate, whole, limits.FalseAlarmConfidence);
        var (least, most) = ((double)alarms / whole, (double)(alarms + candidate.HeldBack) / whole);
        var found = $"{alarms:N0} of {images:N0} fresh images are false alarms{Missing(candidate.HeldBack)}; {low:N0} to {high:N0} keep the promise";
        return alarms + candidate.HeldBack >= low
            ? GuardResult.AtMost(
                RefitGuards.FalseAlarms, least, (double)high / whole, found,
                "the images change while they are gathered; wait, forget faster, or accept the drift as the new normal")
            : GuardResult.AtLeast(
                RefitGuards.FalseAlarms, most, (double)low / whole, found,
                "OOD images may be among the calibration images; review what was accepted, and recall the bad source");
    }

    private static string Missing(int heldBack) => heldBack == 0 ? "" : $", and up to {heldBack:N0} more that were held back";

    private static (int Low, int High) Bounds(BetaDistribution realised, int images, double confidence)
    {
        var law = new BetaBinomialDistribution(images, realised.A, realised.B);
        var tail = (1 - confidence) / 2;
        return (Smallest(images, k => law.AtMost(k) > tail), Smallest(images, k => law.AtLeast(k + 1) <= tail));
    }

    /// <summary>Smallest k in [0, most] from which a monotone condition holds.</summary>
    private static int Smallest(int most, Func<int, bool> holds)
    {
        int low = 0, high = most;
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (holds(middle)) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
