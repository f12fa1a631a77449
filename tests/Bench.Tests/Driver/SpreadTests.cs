using MoodStream.Bench.Driver;

namespace MoodStream.BenchTests.Driver;

/// <summary>What a benchmark makes of its rounds.</summary>
public sealed class SpreadTests
{
    [Fact]
    public void Of_OddAndEvenNumbersOfFigures_IsTheUsualMedian()
    {
        Assert.Equal((1, 3, 9), Ends(Spread.Of([9, 1, 3])));
        Assert.Equal((1, 2.5, 4), Ends(Spread.Of([4, 3, 2, 1])));
        Assert.Equal([9, 1, 3], Spread.Of([9, 1, 3]).Figures);
    }

    [Fact]
    public void Of_NoFigure_IsRefused() => Assert.Throws<ArgumentException>(() => Spread.Of([]));

    [Fact]
    public void Measure_PeerDoesAShareOfTheWork_BothRunInTurnsOnceMoreThanIsCounted()
    {
        var order = new List<char>();
        var figures = PairedRun.Measure("test", 2, () => order.Add('a'), () => order.Add('b'), peerShare: 0.5);
        Assert.Equal("ababab", string.Concat(order));
        Assert.True(figures.Ratio.Low <= figures.Ratio.Median && figures.Ratio.Median <= figures.Ratio.High);
    }

    [Fact]
    public void Met_RatioBelowWhatItMustReach_IsFalse()
    {
        var figures = PairedFigures.Of(ours: [1], peer: [2]);
        Assert.True(BenchRow.Of("row", figures, must: 2).Met);
        Assert.False(BenchRow.Of("row", figures, must: 2.1).Met);
    }

    private static (double, double, double) Ends(Spread spread) => (spread.Low, spread.Median, spread.High);
}
