using MoodStream.Bench.Soak;

namespace MoodStream.BenchTests.Soak;

/// <summary>Whether a service grows, on samples made by hand.</summary>
public sealed class SoakTrendsTests
{
    [Fact]
    public void Of_PointsOnALine_IsTheLine()
    {
        var trend = LinearTrend.Of([0, 1, 2, 4], [5, 7, 9, 13]);
        Assert.Equal(2, trend.Slope, precision: 12);
        Assert.Equal(8, trend.Change, precision: 12);
        Assert.Equal(8.5, trend.Mean, precision: 12);
    }

    [Fact]
    public void Of_OneTime_IsRefused() => Assert.Throws<ArgumentException>(() => LinearTrend.Of([3, 3], [1, 2]));

    [Fact]
    public void Of_WarmUpInTheFirstThird_DoesNotCount()
    {
        var samples = Enumerable.Range(0, 90).Select(i => new SoakSample(i * 10, i < 30 ? 100 + (10 * i) : 400, 200, 40)).ToList();
        Assert.All(SoakTrends.Of("scorer", samples), t => Assert.Equal((0, true), (Math.Round(t.Change, 9), t.Met)));
    }

    [Fact]
    public void Of_AHandleLostEachMinute_IsFound()
    {
        var samples = Enumerable.Range(0, 181).Select(i => new SoakSample(i * 10, 400, 200 + (i / 6), 40)).ToList();
        var handles = SoakTrends.Of("scorer", samples).Single(t => t.Measure == "handles");
        Assert.False(handles.Met);
        Assert.Equal(60, handles.SlopePerHour, tolerance: 1);
    }
}
