using MoodStream.Mood.Metrics;

namespace MoodStream.MoodTests.Metrics;

/// <summary>Laws and hand-computed numbers of the metrics.</summary>
public sealed class MetricLawTests
{
    [Fact]
    public void Auroc_Ties_CountHalf() =>
        Assert.Equal((1 + 1 + 0.5 + 1) / 4, RocCurve.AurocOf([1, 2], [2, 3]), 15);

    [Fact]
    public void Auroc_SidesSwapped_IsOneMinus()
    {
        var (id, ood) = Draw(seed: 1);
        Assert.Equal(1 - RocCurve.AurocOf(id, ood), RocCurve.AurocOf(ood, id), 14);
    }

    [Fact]
    public void Metrics_RisingMapOfAllScores_StayTheSame()
    {
        var (id, ood) = Draw(seed: 2);
        var mapped = DetectionMetrics.Of([.. id.Select(Math.Exp)], [.. ood.Select(Math.Exp)]);
        Assert.Equal(DetectionMetrics.Of(id, ood), mapped);
    }

    [Fact]
    public void Auroc_TrapezoidUnderThePoints_IsTheArea()
    {
        var (id, ood) = Draw(seed: 3);
        var curve = RocCurve.Of(id, ood);
        var area = curve.Points.Zip(curve.Points.Skip(1), (a, b) =>
            (b.FalsePositiveRate - a.FalsePositiveRate) * (a.TruePositiveRate + b.TruePositiveRate) / 2).Sum();
        Assert.Equal(curve.Auroc, area, 12);
    }

    [Fact]
    public void Auroc_InfiniteScores_RankAsTheFurthest() =>
        Assert.Equal(1, RocCurve.AurocOf([1, 2], [double.PositiveInfinity]));

    [Fact]
    public void FprAtTpr_TwentyIds_AcceptsNineteen() =>
        Assert.Equal(0.5, FprAtTpr.Of([.. Enumerable.Range(1, 20).Select(i => (double)i)], [19, 19.5]));

    [Fact]
    public void FprAtTpr_TprOne_AcceptsEveryId() => Assert.Equal(0.5, FprAtTpr.Of([1, 2, 3], [3, 4], truePositiveRate: 1));

    [Theory]
    [InlineData(0)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void FprAtTpr_RateOutsideItsRange_IsRefused(double rate) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FprAtTpr.Of([1], [2], rate));

    [Fact]
    public void Metrics_NaN_IsRefusedWithItsPlace()
    {
        var refusal = Assert.Throws<ArgumentException>(() => DetectionMetrics.Of([1, double.NaN], [1]));
        Assert.Contains("Score 1", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FprAtTpr.Of([1], [double.NaN]));
    }

    [Fact]
    public void Metrics_EmptySide_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => DetectionMetrics.Of([], [1]));
        Assert.Throws<ArgumentException>(() => DetectionMetrics.Of([1], []));
    }

    private static (double[] Id, double[] Ood) Draw(int seed)
    {
        var random = new Random(seed);
        double[] Side(int n, double shift) => [.. Enumerable.Range(0, n).Select(_ => Math.Round(random.NextDouble() * 5 + shift, 1))];
        return (Side(83, 0), Side(57, 1));
    }
}
