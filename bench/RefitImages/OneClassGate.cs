using MoodStream.Mood.Drift;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Metrics;
using MoodStream.Mood.Refit;
using MoodStream.Trainer.Refit;
using static TorchSharp.torch;

namespace MoodStream.Bench.RefitImages;

/// <summary>The life of one class's gate: a first version, a shift, a drift alarm, a refit.</summary>
/// <param name="Name">The class.</param>
/// <param name="Images">Its images, in the order in which they come.</param>
/// <param name="Others">Images of other classes, for AUROC alone: they stream nowhere.</param>
internal sealed record OneClassGate(string Name, IReadOnlyList<int> Images, IReadOnlyList<int> Others)
{
    /// <summary>Guards that ask a person whether the world has changed; every other refusal is final.</summary>
    private static readonly string[] ForAPerson = [RefitGuards.MeanShift, RefitGuards.LogDeterminant, RefitGuards.Spread];

    private const double Tail = 0.025;

    /// <summary>Lives through a shift.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="provenance">Where features come from.</param>
    /// <param name="plain">Features before the shift.</param>
    /// <param name="shifted">Features after it.</param>
    public GateFigures Live(RefitImagesPlan plan, GateProvenance provenance, ImageRows plain, ImageRows shifted)
    {
        using var scope = NewDisposeScope();
        var phases = plan.Phases;
        var at = 0;
        int[] Next(int count) => [.. Images.Skip((at += count) - count).Take(count)];
        int[] firstImages = Next(phases.First), beforeImages = Next(phases.Before), learned = Next(phases.Learned), after = Next(phases.After);
        using var first = GateStatisticsFitter.Fit(
            plain.Rows(firstImages), null, new GateFitSettings { TargetFalseAlarmRate = plan.Promised, Seed = plan.Seed }, provenance);
        using var stream = new OneClassStream(first);
        var falseDrift = stream.Take(beforeImages, plain) is not null;
        var drift = TakeShifted(stream, learned, shifted);
        using var harvest = stream.Harvest();
        var fitted = RefitFit.Run(harvest, new RefitReference(first, first), OneClassStream.Learning, "bench", provenance.FittedAt);
        string[] refusedBy = fitted.Refusal is { } refusal ? [refusal.Reason] : [.. fitted.Guards.Where(g => !g.Passed).Select(g => g.Name)];
        var approved = refusedBy.Length > 0 && fitted.Blob is not null && refusedBy.All(r => ForAPerson.Contains(r));
        var activated = refusedBy.Length == 0 || approved;
        using var refitted = activated ? GateStatistics.Read(fitted.Blob!) : null;
        var active = refitted ?? first;
        return new GateFigures(
            Name, Rate(first, plain, beforeImages), Rate(first, shifted, after), Rate(active, shifted, after),
            refitted?.RealisedRate.Quantile(Tail), refitted?.RealisedRate.Quantile(1 - Tail),
            Auroc(first, plain, beforeImages), Auroc(first, shifted, after), Auroc(active, shifted, after), drift?.Place, drift?.Alarm.Test,
            falseDrift, refusedBy, approved, activated);
    }

    /// <summary>The alarm, if one comes, is answered at once: a person accepts the new normal, and what came until then is unlearned.</summary>
    private static (DriftAlarm Alarm, int Place)? TakeShifted(OneClassStream stream, int[] images, ImageRows shifted)
    {
        for (var i = 0; i < images.Length; i++)
        {
            if (stream.Take([images[i]], shifted) is not { } drift) continue;
            stream.AcceptAsNewNormal();
            stream.Take(images[(i + 1)..], shifted);
            return (drift.Alarm, i + 1);
        }
        return null;
    }

    private static AlarmRate Rate(GateStatistics statistics, ImageRows rows, int[] images)
    {
        using var inputs = rows.Rows(images);
        return AlarmRate.Of(statistics.Judge(inputs).Count(j => !j.Accepted), images.Length);
    }

    private double Auroc(GateStatistics statistics, ImageRows rows, int[] images)
    {
        using Tensor id = rows.Rows(images), ood = rows.Rows(Others);
        return RocCurve.AurocOf(statistics.Detector.Score(id).Scores, statistics.Detector.Score(ood).Scores);
    }
}
