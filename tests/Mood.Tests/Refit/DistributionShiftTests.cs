using MoodStream.Mood.Refit;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Refit;

/// <summary>How far moments lie from statistics, by hand and under no change.</summary>
public sealed class DistributionShiftTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Between_OneFeature_IsAsByHand()
    {
        // Reference: mean 0, variance 1 of 100 rows. Moments: mean 3, variance 4 of 50.
        var reference = RefitFixture.Fit(RefitFixture.MomentsOf(Pairs(50, 0, 1)), Draws.Normal(1, 100, 1));
        var shift = DistributionShift.Between(reference, RefitFixture.MomentsOf(Pairs(25, 3, 2)));
        Assert.Equal(Math.Sqrt(9 - 4 * (1 / 50.0 + 1 / 100.0)), shift.Mean, 1e-12);
        Assert.Equal(Math.Log(4), shift.LogDeterminant, 1e-12);
        Assert.Equal(4 / Math.Pow(1 + Math.Sqrt(1 / 50.0 + 1 / 100.0), 2), shift.Spread, 1e-12);
    }

    [Theory]
    [InlineData(2, 10)]
    [InlineData(10, 10)]
    [InlineData(40, 3)]
    public void Between_NoChange_IsNearNothing(int referencePerFeature, int perFeature)
    {
        const int d = 48;
        var scales = linspace(1, 0.1, d, ScalarType.Float64);
        var rows = Draws.Normal(3, (referencePerFeature + perFeature) * d, d) * scales;
        var reference = RefitFixture.Fit(RefitFixture.MomentsOf(rows[..(referencePerFeature * d)]), Draws.Normal(1, 100, d) * scales);
        var shift = DistributionShift.Between(reference, RefitFixture.MomentsOf(rows[(referencePerFeature * d)..]));
        Assert.InRange(shift.Mean, 0, 0.6);                                      // the default limit is 0.25 √48 = 1.7
        Assert.InRange(shift.LogDeterminant, -0.3, 0.3);                         // 0.5
        Assert.InRange(shift.Spread, 0.5, 1.2);                                  // 2
    }

    [Fact]
    public void Between_OneClassMoved_FindsThatClass()
    {
        var detector = Mood.Detectors.DetectorRegistry.Mahalanobis;
        var labels = Draws.Labels(4000, 4);
        var rows = Draws.Normal(3, 4000, 5);
        var reference = RefitFixture.Fit(RefitFixture.MomentsOf(rows, detector, labels), Draws.Normal(1, 100, 5), detector);
        var moved = Draws.Normal(4, 4000, 5);
        moved.select(1, 0).add_(labels.eq(2).to(ScalarType.Float64) * 2);
        Assert.Equal(2, DistributionShift.Between(reference, RefitFixture.MomentsOf(moved, detector, labels)).Mean, 0.15);
        using var one = ClassMoments.Of(moved, labels.zero_(), 1);
        Assert.Equal(0.5, DistributionShift.Between(reference, one).Mean, 0.1);  // seen as one class, a quarter of that
    }

    [Fact]
    public void Between_OtherDimension_IsRefused()
    {
        var reference = RefitFixture.Approved().Active;
        Assert.Throws<ArgumentException>(() => DistributionShift.Between(reference, RefitFixture.MomentsOf(Draws.Normal(1, 5, 3))));
    }

    /// <summary>Rows mean ± deviation, shape [2 · pairs, 1].</summary>
    private static Tensor Pairs(int pairs, double mean, double deviation) =>
        tensor([mean - deviation, mean + deviation], ScalarType.Float64).repeat(pairs).unsqueeze(1);
}
