using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Statistics;

/// <summary>Laws of moments.</summary>
public sealed class MomentsTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Of_ByHand_IsMeanAndScatter()
    {
        using var moments = Moments.Of(tensor(new[,] { { 1.0, 0 }, { 3, 0 }, { 2, 3 } }));
        Assert.Equal([2, 1], Close.Flat(moments.Mean));
        Assert.Equal([2, 0, 0, 6], Close.Flat(moments.Scatter));
        Assert.Equal((3, 3), (moments.Weight, moments.EffectiveSize));
    }

    [Fact]
    public void Merge_PartsInAnyOrder_IsTheWhole()
    {
        var rows = Draws.Rows(1, 500, 7);
        using var whole = Moments.Of(rows);
        using Moments a = Moments.Of(rows[..3]), b = Moments.Of(rows[3..200]), c = Moments.Of(rows[200..]);
        using Moments ab = a.Merge(b), abc = ab.Merge(c), bc = c.Merge(b), cba = bc.Merge(a);
        AssertSame(whole, abc, 1e-12);
        AssertSame(whole, cba, 1e-12);
    }

    [Fact]
    public void Add_RowByRowFarFromTheOrigin_IsTheBatch()
    {
        var rows = Draws.Rows(2, 60, 5) + 1e6;
        using var whole = Moments.Of(rows);
        var grown = Moments.Empty(5);
        for (var i = 0; i < 60; i++)
        {
            using var before = grown;
            grown = before.Add(rows[i..(i + 1)]);
        }
        AssertSame(whole, grown, 1e-9);
        grown.Dispose();
    }

    [Fact]
    public void Remove_WhatWasMerged_GivesBackTheRest()
    {
        using Moments kept = Moments.Of(Draws.Rows(3, 200, 6)), gone = Moments.Of(Draws.Rows(4, 90, 6));
        using Moments both = kept.Merge(gone), left = both.Remove(gone), nothing = left.Remove(left);
        AssertSame(kept, left, 1e-10);
        Assert.Equal(0, nothing.Weight);
    }

    [Fact]
    public void Remove_MoreThanThereIs_IsRefused()
    {
        using Moments few = Moments.Of(Draws.Rows(5, 10, 3)), many = Moments.Of(Draws.Rows(5, 11, 3));
        Assert.Equal(StatisticsFault.RemovedTooMuch, Assert.Throws<StatisticsException>(() => few.Remove(many)).Fault);
        using var wild = Moments.Of(Draws.Rows(6, 9, 3) * 100);
        Assert.Equal(StatisticsFault.RemovedTooMuch, Assert.Throws<StatisticsException>(() => few.Remove(wild)).Fault);
    }

    [Fact]
    public void Decay_BeforeEachRow_IsTheExponentiallyWeightedScatter()
    {
        const double Factor = 0.9;
        var rows = Draws.Rows(7, 80, 4);
        var moments = Moments.Empty(4);
        for (var i = 0; i < 80; i++)
        {
            using var before = moments;
            using var faded = before.Decay(Factor);
            moments = faded.Add(rows[i..(i + 1)]);
        }
        var weights = pow(tensor(Factor), arange(79, -1, -1, ScalarType.Float64));         // [80]
        var mean = weights.matmul(rows) / weights.sum(dim: 0);                             // [4]
        var centred = rows - mean;
        Close.Relative(mean, moments.Mean, 1e-12);
        Close.Relative((centred * weights.unsqueeze(1)).t().matmul(centred), moments.Scatter, 1e-11);
        moments.Dispose();
    }

    [Theory]
    [InlineData(0.9)]
    [InlineData(0.99)]
    public void EffectiveSize_LongDecay_TendsToOnePlusOverOneMinus(double factor)
    {
        var row = ones(1, 1, ScalarType.Float64);
        var moments = Moments.Empty(1);
        for (var i = 0; i < 3000; i++)
        {
            using var before = moments;
            using var faded = before.Decay(factor);
            moments = faded.Add(row);
        }
        Assert.Equal((1 + factor) / (1 - factor), moments.EffectiveSize, 1e-9);
        moments.Dispose();
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Add_RowNotFinite_IsRefusedByItsNumber(double value)
    {
        var rows = Draws.Rows(8, 6, 3);
        rows[4, 1] = tensor(value);
        using var moments = Moments.Empty(3);
        var refusal = Assert.Throws<StatisticsException>(() => moments.Add(rows));
        Assert.Equal(StatisticsFault.NotFinite, refusal.Fault);
        Assert.Contains("Row 4", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Covariance_NoRow_IsRefused()
    {
        using var moments = Moments.Empty(3);
        Assert.Equal(StatisticsFault.NoRows, Assert.Throws<StatisticsException>(() => moments.Covariance()).Fault);
    }

    [Fact]
    public void Merge_OtherDimension_IsRefused()
    {
        using Moments three = Moments.Empty(3), four = Moments.Empty(4);
        Assert.Throws<ArgumentException>(() => three.Merge(four));
        Assert.Throws<ArgumentException>(() => Moments.Of(ones(3)));
        Assert.Throws<ArgumentException>(() => Moments.Of(ones(3, 3, ScalarType.Int64)));
    }

    [Fact]
    public void Restore_Parts_IsTheSameAndTakesNoNonsense()
    {
        using var moments = Moments.Of(Draws.Rows(9, 20, 3));
        using var back = Moments.Restore(moments.Weight, moments.SquaredWeight, moments.Mean, moments.Scatter);
        AssertSame(moments, back, 0);
        Assert.Throws<StatisticsException>(() => Moments.Restore(-1, 1, moments.Mean, moments.Scatter));
        Assert.Throws<StatisticsException>(() => Moments.Restore(double.NaN, 1, moments.Mean, moments.Scatter));
        Assert.Throws<StatisticsException>(() => Moments.Restore(1, 1, moments.Scatter, moments.Scatter));
    }

    [Fact]
    public void Operations_OnManyMoments_LeaveNoTensorBehind()
    {
        using var rows = Draws.Rows(10, 50, 4);
        var before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (Moments a = Moments.Of(rows), b = a.Add(rows), c = b.Remove(a), d = c.Decay(0.5), e = d.Merge(b)) Assert.True(e.Weight > 0);
        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void AssertSame(Moments expected, Moments actual, double tolerance)
    {
        Assert.Equal(expected.Weight, actual.Weight, 1e-9);
        Assert.Equal(expected.SquaredWeight, actual.SquaredWeight, 1e-9);
        Close.Relative(expected.Mean, actual.Mean, tolerance, "mean");
        Close.Relative(expected.Scatter, actual.Scatter, tolerance, "scatter");
    }
}
