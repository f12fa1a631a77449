using MoodStream.Mood.Detectors;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Refit;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Refit;

/// <summary>Refits of drawn rows: standard normal, with what a test makes of them.</summary>
internal static class RefitFixture
{
    public const int Dimension = 8;

    public const double Rate = 0.05;

    public static Detector Detector { get; } = DetectorRegistry.Get("mahalanobis-global");

    public static GateProvenance Provenance { get; } = new()
    {
        Gate = "screws", ModelHash = "sha256:model", PreprocessingHash = "sha256:pixels",
        FittedAt = new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero),
    };

    public static Tensor Rows(int seed, int rows) => Draws.Normal(seed, rows, Dimension);

    /// <summary>OOD rows: far along the first feature, with little spread.</summary>
    public static Tensor Ood(int seed, int rows, double distance = 8)
    {
        using var scope = NewDisposeScope();
        var drawn = Rows(seed, rows) * 0.5;
        drawn.select(1, 0).add_(distance);
        return drawn.MoveToOuterDisposeScope();
    }

    public static ClassMoments MomentsOf(Tensor rows, Detector? detector = null, Tensor? labels = null)
    {
        var by = (IMomentDetector)(detector ?? Detector);
        using var scope = NewDisposeScope();
        var classes = labels is null || !by.UsesLabels ? 1 : (int)labels.max().item<long>() + 1;
        var known = classes == 1 ? zeros(rows.shape[0], ScalarType.Int64) : labels!;
        return ClassMoments.Of(by.Scale(rows), known, classes);
    }

    public static GateStatistics Fit(ClassMoments moments, Tensor calibration, Detector? detector = null) =>
        GateStatisticsFitter.FromMoments(
            moments, calibration, new GateFitSettings { Detector = detector ?? Detector, TargetFalseAlarmRate = Rate }, Provenance);

    public static RefitCandidate Candidate(
        Tensor rows, Tensor? calibration = null, Tensor? fresh = null, Tensor? ood = null,
        Detector? detector = null, Tensor? labels = null)
    {
        var moments = MomentsOf(rows, detector, labels);
        return new RefitCandidate
        {
            Moments = moments, Statistics = Fit(moments, calibration ?? Rows(102, 400), detector),
            FreshInputs = fresh ?? Rows(103, 400), OodInputs = ood,
        };
    }

    public static RefitReference Approved(int seed = 7)
    {
        var statistics = Fit(MomentsOf(Rows(seed, 2000)), Rows(seed + 1, 400));
        return new RefitReference(statistics, statistics);
    }

    /// <summary>Names of the guards that refuse.</summary>
    public static string[] Refusals(
        RefitCandidate candidate, RefitReference? reference = null, RefitGuardLimits? limits = null) =>
        [.. RefitGuards.Check(candidate, reference, limits ?? new RefitGuardLimits()).Where(r => !r.Passed).Select(r => r.Name)];
}
