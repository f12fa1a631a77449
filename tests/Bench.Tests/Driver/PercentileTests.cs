using MoodStream.Bench.Driver;

namespace MoodStream.BenchTests.Driver;

public sealed class PercentileTests
{
    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(0.991, 100)]
    [InlineData(0.07, 7)]
    [InlineData(1, 100)]
    public void Of_OneToAHundredInAnyOrder_IsTheNearestRank(double share, double expected) =>
        Assert.Equal(expected, Percentile.Of([.. Enumerable.Range(1, 100).Select(i => (double)i).Reverse()], share));

    [Fact]
    public void Of_FewerThanAHundred_TheLast99thIsTheLargest() => Assert.Equal(3, Percentile.Of([3, 1, 2], 0.99));

    [Fact]
    public void Of_NoFigureOrNoShare_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Percentile.Of([], 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Percentile.Of([1], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Percentile.Of([1], double.NaN));
    }
}
