using System.Diagnostics;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Refit;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Bench.Refit;

/// <summary>What to measure.</summary>
internal sealed record RefitPlan(int Images, int Width, int Classes, int Compared, string Python, int Seed);

/// <summary>Takes features into moments and refits, as a trainer does, and compares with scikit-learn.</summary>
internal static class RefitRun
{
    private const int BatchImages = 1000;
    private const int Calibration = 5000;
    private const double Promised = 0.01;

    public static RefitBenchResult Run(RefitPlan plan)
    {
        PeakMemory.GiveBackFreedBlocks();
        using var stream = new FeatureStream(plan.Width, plan.Classes, plan.Seed);
        using var warm = Accumulate(stream, DetectorRegistry.Usual, plan.Classes, BatchImages, null, out _);
        var peakOfATenth = PeakMemory.BytesOf(
            () => Accumulate(stream, DetectorRegistry.Usual, plan.Classes, plan.Images / 10, null, out _).Dispose());
        ClassMoments? moments = null;
        double seconds = 0, refitSeconds = 0;
        IReadOnlyList<GuardResult> guards = [];
        var peak = PeakMemory.BytesOf(
            () => moments = Accumulate(stream, DetectorRegistry.Usual, plan.Classes, plan.Images, "accumulate", out seconds));
        var refitPeak = PeakMemory.BytesOf(() => guards = Refit(stream, moments!, plan.Images / BatchImages, out refitSeconds));
        moments!.Dispose();
        const long bytesPerValue = sizeof(double);
        return new RefitBenchResult(
            BenchMachine.Here(), plan.Images, plan.Width, plan.Classes, seconds, refitSeconds,
            bytesPerValue * ((long)plan.Classes * plan.Width + (long)plan.Width * plan.Width + 2L * plan.Classes),
            peak, peakOfATenth, refitPeak, guards.Count(g => g.Passed), guards.Count, Compare(stream, plan));
    }

    /// <summary>Moments of the first images; drawing them is not counted.</summary>
    private static ClassMoments Accumulate(
        FeatureStream stream, Detector detector, int classes, int images, string? title, out double seconds)
    {
        var by = (IMomentDetector)detector;
        var moments = ClassMoments.Empty(classes, stream.Width);
        long ticks = 0;
        void Take(int place)
        {
            using var scope = NewDisposeScope();
            var (features, labels) = stream.Batch(place, BatchImages);
            var begin = Stopwatch.GetTimestamp();
            var before = moments;
            moments = before.Add(by.Scale(features), classes == 1 ? labels.zero_() : labels);
            before.Dispose();
            ticks += Stopwatch.GetTimestamp() - begin;
        }
        void TakeAll(Action<int> advance)
        {
            for (var place = 0; place < images / BatchImages; place++)
            {
                Take(place);
                advance(1);
            }
        }
        if (title is null) TakeAll(_ => { });
        else ProgressBar.Run(title, images / BatchImages, advance => { TakeAll(advance); return true; });
        seconds = (double)ticks / Stopwatch.Frequency;
        return moments;
    }

    private static IReadOnlyList<GuardResult> Refit(FeatureStream stream, ClassMoments moments, int from, out double seconds)
    {
        using var scope = NewDisposeScope();
        var calibration = Rows(stream, from, Calibration);
        var fresh = Rows(stream, from + Calibration / BatchImages, Calibration);
        var begin = Stopwatch.GetTimestamp();
        using var statistics = GateStatisticsFitter.FromMoments(
            moments, calibration, new GateFitSettings { TargetFalseAlarmRate = Promised },
            new GateProvenance { Gate = "bench", ModelHash = "none", PreprocessingHash = "none", FittedAt = DateTimeOffset.UnixEpoch });
        var guards = RefitGuards.Check(
            new RefitCandidate { Statistics = statistics, Moments = moments, FreshInputs = fresh },
            new RefitReference(statistics, statistics), new RefitGuardLimits());
        seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return guards;
    }

    private static Tensor Rows(FeatureStream stream, int from, int count) =>
        cat([.. Enumerable.Range(from, count / BatchImages).Select(place => stream.Batch(place, BatchImages).Features)]);

    private static RefitComparison? Compare(FeatureStream stream, RefitPlan plan)
    {
        var images = Math.Min(plan.Compared, plan.Images);
        var batches = Enumerable.Range(0, images / BatchImages).Select(place =>
        {
            var (features, labels) = stream.Batch(place, BatchImages);
            labels.Dispose();
            return features;
        });
        if (ScikitLearnFigures.Measure(plan.Python, batches, plan.Width) is not { } theirs) return null;
        using var scope = NewDisposeScope();
        using var moments = Accumulate(stream, DetectorRegistry.Get("mahalanobis-global"), 1, images, null, out var seconds);
        var begin = Stopwatch.GetTimestamp();
        var covariance = moments.GlobalCovariance().data<double>().ToArray();
        seconds += Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var shrunk = DetectorRegistry.Get("gaussian-lw");
        using var ofUnitLength = Accumulate(stream, shrunk, 1, images, null, out var shrunkSeconds);
        begin = Stopwatch.GetTimestamp();
        using var fitted = ((IMomentDetector)shrunk).Fit(ofUnitLength);
        shrunkSeconds += Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return new RefitComparison(
            images, seconds, shrunkSeconds, LargestDifference(covariance, theirs.Covariance),
            Math.Abs(fitted.Diagnostics.ShrinkageIntensity - theirs.Shrinkage) / theirs.Shrinkage, theirs);
    }

    private static double LargestDifference(double[] ours, double[] theirs) =>
        ours.Zip(theirs, (a, b) => Math.Abs(a - b)).Max() / theirs.Max(Math.Abs);
}
