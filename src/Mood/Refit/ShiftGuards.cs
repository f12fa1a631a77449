namespace MoodStream.Mood.Refit;

/// <summary>Whether the new distribution lies near the one that a person approved last.</summary>
internal static class ShiftGuards
{
    private const string Remedy =
        "look at what was accepted since; approve the refit if it is the new normal, recall the bad source if not";

    public static IEnumerable<GuardResult> Check(RefitCandidate candidate, RefitReference? reference, RefitGuardLimits limits)
    {
        var dimension = candidate.Moments.Dimension;
        var farthest = limits.MeanShift * Math.Sqrt(dimension);
        if (reference is null || candidate.Moments.Weight == 0) return Unmeasured(farthest, limits);
        var shift = DistributionShift.Between(reference.Approved, candidate.Moments);
        return
        [
            GuardResult.AtMost(
                RefitGuards.MeanShift, shift.Mean, farthest,
                $"a mean is {shift.Mean:F2} whitened standard deviations from the approved version", Remedy),
            GuardResult.AtMost(
                RefitGuards.LogDeterminant, Math.Abs(shift.LogDeterminant), limits.LogDeterminantShift,
                $"the log-determinant differs by {shift.LogDeterminant:F3} nats for each of {dimension} features", Remedy),
            GuardResult.AtMost(
                RefitGuards.Spread, shift.Spread, limits.Spread,
                $"the largest variance is {shift.Spread:F2} times what sampling explains", Remedy),
        ];
    }

    private static GuardResult[] Unmeasured(double farthest, RefitGuardLimits limits)
    {
        const string why = "Not measured: there is no approved version.";
        return
        [
            GuardResult.Unmeasured(RefitGuards.MeanShift, GuardBound.AtMost, farthest, why),
            GuardResult.Unmeasured(RefitGuards.LogDeterminant, GuardBound.AtMost, limits.LogDeterminantShift, why),
            GuardResult.Unmeasured(RefitGuards.Spread, GuardBound.AtMost, limits.Spread, why),
        ];
    }
}
