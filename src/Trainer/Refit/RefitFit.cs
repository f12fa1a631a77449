using MoodStream.Mood.Calibration;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Refit;
using MoodStream.Mood.Statistics;
using MoodStream.Trainer.Accumulation;
using MoodStream.Trainer.Harvest;
using MoodStream.Trainer.Settings;
using static TorchSharp.torch;

namespace MoodStream.Trainer.Refit;

/// <summary>New statistics, and what the guards say of them.</summary>
/// <param name="Blob">The statistics as a file; null where there are none.</param>
/// <param name="Guards">What the guards found, in the words of the registry.</param>
/// <param name="Refusal">Why there are none.</param>
internal sealed record RefitFitted(byte[]? Blob, IReadOnlyList<Contracts.GuardResult> Guards, Contracts.RefitRefusal? Refusal);

/// <summary>Fits a gate to what its partitions learned, and asks the guards. Pure; touches tensors.</summary>
internal static class RefitFit
{
    /// <summary>Fits and guards.</summary>
    /// <param name="harvest">What was learned.</param>
    /// <param name="reference">The active version, whose detector, promise and classes are taken over, and the approved one.</param>
    /// <param name="settings">How the gate learns.</param>
    /// <param name="origin">Where the new statistics come from, in a phrase.</param>
    /// <param name="now">When, UTC.</param>
    public static RefitFitted Run(GateHarvest harvest, RefitReference reference, LearningSettings settings, string origin, DateTimeOffset now)
    {
        if (harvest.Calibration.Count == 0)
            return Refused(RefusalReasons.CalibrationTooSmall, "No image was drawn for calibration yet: wait for more.");
        using var scope = NewDisposeScope();
        try
        {
            var active = reference.Active;
            using var judged = GateStatisticsFitter.FromMoments(
                harvest.Moments, FeatureTensors.Rows(harvest.Calibration, harvest.Space.Dimension),
                new GateFitSettings { Detector = active.Detector.Detector, TargetFalseAlarmRate = active.TargetFalseAlarmRate, Confidence = active.Promise.Confidence },
                active.Provenance with { FittedAt = now, Origin = origin });
            // It shares the detector of the other, which disposes of it.
            var published = WithTail(judged, MissingTail(harvest.Calibration, active, settings), active);
            var candidate = Candidate(published, harvest, MissingTail(harvest.Fresh, active, settings));
            return new(published.ToBytes(), [.. RefitGuards.Check(candidate, reference, settings.Guards).Select(Told)], null);
        }
        catch (CalibrationTooSmallException e)
        {
            return Refused(RefusalReasons.CalibrationTooSmall, e.Message);
        }
        catch (StatisticsException e)
        {
            return Refused(RefusalReasons.NotFittable, e.Message);
        }
    }

    /// <summary>
    /// Images that the gate held back and nobody has let pass are missing from the calibration, and they are its tail: a threshold from
    /// the rest would fall with every refit. As many as the active version's promise says stand in for them, at its threshold, which is
    /// the least that they scored: in a world that does not change the threshold stays where it was, and it rises only where more images
    /// than were promised to be held back score above it now.
    /// </summary>
    public static int MissingTail(int accepted, int confirmedOfHeldBack, double rate) =>
        Math.Max(0, (int)Math.Ceiling(accepted * rate / (1 - rate)) - confirmedOfHeldBack);

    private static int MissingTail(IReadOnlyList<LearnedImage> images, GateStatistics active, LearningSettings settings)
    {
        if (settings.Mode == LearningMode.Confirmed) return 0;
        var confirmed = images.Count(i => i.Revision > 0 && !i.Accepted);
        return MissingTail(images.Count - confirmed, confirmed, active.TargetFalseAlarmRate);
    }

    private static GateStatistics WithTail(GateStatistics judged, int missing, GateStatistics active)
    {
        if (missing == 0) return judged;
        double[] all = [.. judged.Calibration.Scores, .. Enumerable.Repeat(active.Threshold, missing)];
        return new(
            judged.Detector, ConformalCalibration.Of(all), judged.TargetFalseAlarmRate, judged.FitCount, judged.Provenance, judged.Promise.Confidence);
    }

    private static RefitCandidate Candidate(GateStatistics published, GateHarvest harvest, int heldBack) => new()
    {
        Statistics = published,
        HeldBack = heldBack,
        Moments = harvest.Moments,
        FreshInputs = FeatureTensors.Rows(harvest.Fresh, harvest.Space.Dimension),
        OodInputs = FeatureTensors.Rows(harvest.Ood, harvest.Space.Dimension),
    };

    private static RefitFitted Refused(string reason, string problem) => new(null, [], new(reason, problem));

    private static Contracts.GuardResult Told(GuardResult found) => new()
    {
        Name = found.Name, Value = found.Value is { } value && double.IsFinite(value) ? value : null, Limit = found.Limit, Passed = found.Passed,
        Explanation = found.Advice,
    };
}
