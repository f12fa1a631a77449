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
    /// <summary>Confidence of the upper end of the rate at which images are held back (Clopper and Pearson, one-sided).</summary>
    private const double RateConfidence = 0.999;

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
            var published = WithTail(judged, MissingTail(harvest.Calibration, harvest.HeldBackCalibration, active, settings), active);
            var candidate = Candidate(published, harvest, MissingTail(harvest.Fresh, harvest.HeldBackFresh, active, settings));
            return new(WithPatches(published, active).ToBytes(), [.. RefitGuards.Check(candidate, reference, settings.Guards).Select(Told)], null);
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
    /// Images that the gate held back and nobody has decided are missing from the calibration, and they are its tail: a threshold from
    /// the rest would fall with every refit. Others stand in for them at the active version's threshold, which is the least that they
    /// scored: as many as its promise says, by the share that is undecided. So an unchanged world keeps its threshold, whatever share
    /// of it people decide, and where they decide all of it the threshold is that of the images. Where so few are held back that the
    /// promise is out of the question, the most that the count allows stand in.
    /// </summary>
    /// <param name="accepted">Images that the gate accepted.</param>
    /// <param name="heldBack">Images that it held back meanwhile.</param>
    /// <param name="rate">False-alarm rate that the active version promises.</param>
    public static int MissingTail(int accepted, HeldBackCount heldBack, double rate)
    {
        if (accepted == 0) return 0;
        var most = new BetaDistribution(heldBack.All + 1, accepted).Quantile(RateConfidence);
        var share = heldBack.All == 0 ? 1 : (double)heldBack.Undecided / heldBack.All;
        var expected = Math.Min(rate, most);
        return (int)Math.Ceiling(accepted * expected / (1 - expected) * share);
    }

    private static int MissingTail(IReadOnlyList<LearnedImage> images, HeldBackCount heldBack, GateStatistics active, LearningSettings settings) =>
        settings.Mode == LearningMode.Confirmed
            ? 0
            : MissingTail(images.Count(i => i.Accepted || i.Revision == 0), heldBack, active.TargetFalseAlarmRate);

    private static GateStatistics WithTail(GateStatistics judged, int missing, GateStatistics active)
    {
        if (missing == 0) return judged;
        double[] all = [.. judged.Calibration.Scores, .. Enumerable.Repeat(active.Threshold, missing)];
        return new(
            judged.Detector, ConformalCalibration.Of(all), judged.TargetFalseAlarmRate, judged.FitCount, judged.Provenance, judged.Promise.Confidence);
    }

    /// <summary>No stream carries patch tokens: heat maps go on with those of the first fit, which the same backbone made.</summary>
    private static GateStatistics WithPatches(GateStatistics published, GateStatistics active) =>
        active.Patches is { } patches ? published.With(patches) : published;

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
