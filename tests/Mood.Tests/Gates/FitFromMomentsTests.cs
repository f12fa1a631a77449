using MoodStream.Mood.Calibration;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;
using MoodStream.MoodTests.Refit;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Gates;

/// <summary>A fit from moments is the fit from the rows.</summary>
public sealed class FitFromMomentsTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string> Names => [.. DetectorRegistry.All.Where(d => d is IMomentDetector).Select(d => d.Name)];

    [Theory, MemberData(nameof(Names))]
    public void FromMoments_MomentsGatheredInParts_EqualsTheFitToTheRows(string name)
    {
        var detector = DetectorRegistry.Get(name);
        var by = (IMomentDetector)detector;
        Tensor rows = Draws.Rows(1, 600, 6), labels = by.UsesLabels ? Draws.Labels(600, 3) : zeros(600, ScalarType.Int64);
        Tensor calibration = Draws.Rows(1, 700, 6)[600..], probe = Draws.Rows(9, 50, 6);
        var moments = ClassMoments.Empty(by.UsesLabels ? 3 : 1, 6);
        for (var start = 0; start < 600; start += 150)
            moments = moments.Merge(ClassMoments.Of(by.Scale(rows[start..(start + 150)]), labels[start..(start + 150)], moments.ClassCount));
        using var streamed = RefitFixture.Fit(moments, calibration, detector);
        using var whole = detector.Fit(rows, by.UsesLabels ? labels : null);
        Close.Relative(whole.Score(probe).Scores, streamed.Detector.Score(probe).Scores, 1e-9, name);
        Assert.Equal(whole.Score(probe).NearestClass, streamed.Detector.Score(probe).NearestClass);
        var threshold = ConformalCalibration.Of(whole.Score(calibration).Scores).Threshold(RefitFixture.Rate);
        Close.Relative([threshold], [streamed.Threshold], 1e-9, name);
        Assert.Equal((600, 100), (streamed.FitCount, streamed.CalibrationCount));
    }

    [Fact]
    public void FromMoments_DetectorThatNeedsTheRows_IsRefusedWithThoseThatDoNot()
    {
        var refusal = Assert.Throws<ArgumentException>(() => RefitFixture.Fit(RefitFixture.MomentsOf(RefitFixture.Rows(1, 50)), RefitFixture.Rows(2, 50), DetectorRegistry.Get("knn")));
        Assert.Contains("mahalanobis++", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromMoments_TooFewCalibrationRows_AreRefusedWithTheNumber()
    {
        var refusal = Assert.Throws<CalibrationTooSmallException>(() => RefitFixture.Fit(RefitFixture.MomentsOf(RefitFixture.Rows(1, 50)), RefitFixture.Rows(2, 18)));
        Assert.Equal((18, 19), (refusal.CalibrationSize, refusal.MinimumSize));
    }

    [Fact]
    public void FromMoments_WhatDoesNotAllowAFit_SaysWhy()
    {
        var moments = RefitFixture.MomentsOf(RefitFixture.Rows(1, 50));
        void Faults(StatisticsFault fault, Action act) => Assert.Equal(fault, Assert.Throws<StatisticsException>(act).Fault);
        Faults(StatisticsFault.NoRows, () => RefitFixture.Fit(ClassMoments.Empty(1, 8), RefitFixture.Rows(2, 50)));
        Faults(StatisticsFault.NoRows, () => RefitFixture.Fit(moments, RefitFixture.Rows(2, 0)));
        Faults(StatisticsFault.NoVariance, () => RefitFixture.Fit(RefitFixture.MomentsOf(ones(9, 8)), RefitFixture.Rows(2, 50)));
        Faults(StatisticsFault.TooFewClasses, () => RefitFixture.Fit(moments, RefitFixture.Rows(2, 50), DetectorRegistry.Get("relative-mahalanobis")));
        Faults(StatisticsFault.NotFinite, () => RefitFixture.Fit(moments, full(20, 8, double.NaN, ScalarType.Float64)));
        Faults(StatisticsFault.EmptyClass, () => RefitFixture.Fit(Widen(moments), RefitFixture.Rows(2, 50), DetectorRegistry.Mahalanobis));
        Assert.Throws<ArgumentException>(() => RefitFixture.Fit(moments, Draws.Normal(1, 50, 3)));
    }

    /// <summary>The same moments with a second class that has no row.</summary>
    private static ClassMoments Widen(ClassMoments one) => ClassMoments.Restore(
        cat([one.Weights, zeros(1, ScalarType.Float64)]), cat([one.SquaredWeights, zeros(1, ScalarType.Float64)]),
        cat([one.Means, zeros_like(one.Means)]), one.Within);
}
