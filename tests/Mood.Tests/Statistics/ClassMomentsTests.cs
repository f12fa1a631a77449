using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Statistics;

/// <summary>Laws of class moments.</summary>
public sealed class ClassMomentsTests : IDisposable
{
    private const int Classes = 4;

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Total_LabelledRows_IsWithinPlusBetween()
    {
        var (rows, labels) = Labelled(1, 300);
        using var moments = ClassMoments.Of(rows, labels, Classes);
        using Moments total = moments.Total(), direct = Moments.Of(rows);
        Assert.Equal(direct.Weight, total.Weight);
        Close.Relative(direct.Mean, total.Mean, 1e-12);
        Close.Relative(direct.Scatter, total.Scatter, 1e-12);
        Close.Relative(direct.Covariance(), moments.GlobalCovariance(), 1e-12);
    }

    [Fact]
    public void Of_EachClassAlone_HasItsMomentsAndTheirScattersAddUp()
    {
        var (rows, labels) = Labelled(2, 120);
        using var moments = ClassMoments.Of(rows, labels, Classes);
        var within = zeros_like(moments.Within);
        for (var c = 0; c < Classes; c++)
        {
            using var alone = Moments.Of(rows[labels.eq(c)]);
            Close.Relative(alone.Mean, moments.Means[c], 1e-12);
            within += alone.Scatter;
        }
        Close.Relative(within, moments.Within, 1e-12);
    }

    [Fact]
    public void Merge_PartsWithMissingClasses_IsTheWhole()
    {
        var (rows, labels) = Labelled(3, 200);
        using var whole = ClassMoments.Of(rows, labels, Classes);
        using ClassMoments first = ClassMoments.Of(rows[..2], labels[..2], Classes), rest = ClassMoments.Of(rows[2..], labels[2..], Classes);
        using ClassMoments merged = first.Merge(rest), grown = first.Add(rows[2..], labels[2..]);
        AssertSame(whole, merged, 1e-12);
        AssertSame(whole, grown, 1e-12);
    }

    [Fact]
    public void Remove_WhatWasMerged_GivesBackTheRest()
    {
        var (rows, labels) = Labelled(4, 150);
        using ClassMoments kept = ClassMoments.Of(rows[..101], labels[..101], Classes), gone = ClassMoments.Of(rows[101..], labels[101..], Classes);
        using ClassMoments both = kept.Merge(gone), left = both.Remove(gone), nothing = both.Remove(both);
        AssertSame(kept, left, 1e-10);
        Assert.Equal(0, nothing.Weight);
        Assert.All(Close.Flat(nothing.Means), m => Assert.Equal(0, m));
        Assert.Equal(StatisticsFault.RemovedTooMuch, Assert.Throws<StatisticsException>(() => gone.Remove(both)).Fault);
    }

    [Fact]
    public void Decay_HalfThenAdd_CountsOldRowsHalf()
    {
        var (rows, labels) = Labelled(5, 80);
        using var moments = ClassMoments.Of(rows, labels, Classes);
        using var faded = moments.Decay(0.5);
        using var grown = faded.Add(rows, labels);
        Assert.Equal(120, grown.Weight, 1e-12);
        Assert.Equal(120.0 * 120 / (80 * 0.25 + 80), grown.EffectiveSize, 1e-9);
        Close.Relative(moments.Means, grown.Means, 1e-12);
        Close.Relative(moments.TiedCovariance(), grown.TiedCovariance(), 1e-12);
    }

    [Fact]
    public void RequireEveryClass_OneMissing_IsRefusedByItsNumber()
    {
        using var moments = ClassMoments.Of(Draws.Rows(6, 4, 3), tensor(new long[] { 0, 1, 3, 3 }), Classes);
        var refusal = Assert.Throws<StatisticsException>(moments.RequireEveryClass);
        Assert.Equal(StatisticsFault.EmptyClass, refusal.Fault);
        Assert.Contains("class 2 of the 4", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_LabelsThatDoNotFit_AreRefused()
    {
        var rows = Draws.Rows(7, 3, 2);
        Assert.Throws<ArgumentException>(() => ClassMoments.Of(rows, tensor(new long[] { 0, 1 }), 2));
        Assert.Throws<ArgumentException>(() => ClassMoments.Of(rows, tensor(new long[] { 0, 1, 2 }), 2));
        Assert.Throws<ArgumentException>(() => ClassMoments.Of(rows, tensor(new long[] { 0, -1, 1 }), 2));
        Assert.Throws<ArgumentException>(() => ClassMoments.Of(rows, tensor(new[] { 0, 1, 1 }), 2));
    }

    [Fact]
    public void Restore_Parts_IsTheSame()
    {
        var (rows, labels) = Labelled(8, 40);
        using var moments = ClassMoments.Of(rows, labels, Classes);
        using var back = ClassMoments.Restore(moments.Weights, moments.SquaredWeights, moments.Means, moments.Within);
        AssertSame(moments, back, 0);
        Assert.Throws<StatisticsException>(() => ClassMoments.Restore(moments.Weights * -1, moments.SquaredWeights, moments.Means, moments.Within));
        Assert.Throws<StatisticsException>(() => ClassMoments.Restore(moments.Weights[..2], moments.SquaredWeights, moments.Means, moments.Within));
    }

    private static (Tensor Rows, Tensor Labels) Labelled(int seed, int count)
    {
        var labels = Draws.Labels(count, Classes);
        return (Draws.Rows(seed, count, 5) + 7 * labels.unsqueeze(1), labels);
    }

    private static void AssertSame(ClassMoments expected, ClassMoments actual, double tolerance)
    {
        Close.Relative(expected.Weights, actual.Weights, tolerance, "weights");
        Close.Relative(expected.SquaredWeights, actual.SquaredWeights, tolerance, "squared weights");
        Close.Relative(expected.Means, actual.Means, tolerance, "means");
        Close.Relative(expected.Within, actual.Within, tolerance, "within");
    }
}
