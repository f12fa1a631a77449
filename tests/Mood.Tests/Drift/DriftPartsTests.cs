using MoodStream.Mood.Calibration;
using MoodStream.Mood.Drift;

namespace MoodStream.MoodTests.Drift;

/// <summary>The parts of a drift monitor, by hand and by their laws.</summary>
public sealed class DriftPartsTests
{
    [Fact]
    public void OnlineRank_ByHand_CountsWhatCameBefore()
    {
        var ranks = new OnlineRank();
        Assert.Equal(0.3, ranks.Next(0.5, 0.3));                                 // nothing before: the draw itself
        Assert.Equal((1 + 0.3) / 2, ranks.Next(0.9, 0.3));                       // above the one
        Assert.Equal(0.3 / 3, ranks.Next(0.1, 0.3));                             // below both
        Assert.Equal((1 + 0.3 * 2) / 4, ranks.Next(0.5, 0.3));                   // equal to one, above one
        ranks.Reset();
        Assert.Equal(0.3, ranks.Next(0.5, 0.3));
    }

    [Fact]
    public void OnlineRank_ValuesOfAnyLaw_AreUniform()
    {
        var random = new Random(8);
        var ranks = new OnlineRank();
        double[] drawn = [.. Enumerable.Range(0, 3000).Select(_ => ranks.Next(Math.Pow((random.Next(40) + 0.5) / 40, 3), random.NextDouble()))];
        double[] even = [.. Enumerable.Range(0, 3000).Select(i => (i + 0.5) / 3000)];
        Assert.True(KolmogorovSmirnov.Of(even, drawn).PValue > 1e-3);
        Assert.InRange(drawn.Zip(drawn.Skip(1), (a, b) => (a - 0.5) * (b - 0.5)).Average(), -0.006, 0.006);   // 4 standard errors
    }

    [Fact]
    public void Martingale_NoChange_TakesItsTimeToAFalseAlarm()
    {
        // Mean time to R ≥ C is at least C. Over many runs of C = 200 the mean of ten thousand images tells.
        const double c = 200;
        var random = new Random(2);
        var martingale = new JumperMartingale(c, 0.01);
        var alarms = 0;
        const int images = 200_000;
        for (var i = 0; i < images; i++)
            if (martingale.Observe(new DriftObservation { PValue = Inside(random), Draw = Inside(random) })) alarms++;
        Assert.InRange(alarms, 1, images / c);
    }

    [Fact]
    public void Adwin_ConstantThenAnother_CutsTheWindowDown()
    {
        var window = new AdaptiveWindow(0.002);
        Assert.DoesNotContain(Enumerable.Range(0, 1000), _ => window.Observe(Of(0.5)));
        Assert.Equal(1000, window.Width);
        Assert.Contains(Enumerable.Range(0, 64), _ => window.Observe(Of(0.2)));
        Assert.InRange(window.Width, 1, 200);
    }

    [Fact]
    public void Adwin_LongWindow_KeepsFewBuckets()
    {
        var random = new Random(6);
        var window = new AdaptiveWindow(1e-6);
        for (var i = 0; i < 100_000; i++) window.Observe(Of(Inside(random)));
        Assert.Equal(100_000, window.Width);
        window.Reset();
        Assert.Equal(0, window.Width);
    }

    [Fact]
    public void Uniformity_EvenlySpreadWindow_HasTheSmallestDistance()
    {
        var test = new UniformityTest(100, 1e-4, 1000);
        Assert.False(Fill(test, i => (i + 0.5) / 100));
        Assert.Equal(0, test.Value, 1e-9);                                       // D = 1 / 200: certain
        Assert.True(Fill(test, i => (i + 0.5) / 200));                           // D = 1 / 2
    }

    [Fact]
    public void Stability_ByHand_IsTheIndex()
    {
        var test = new StabilityTest(100, 0.25, 100_000);
        Fill(test, i => (i + 0.5) / 100);
        Assert.Equal(0, test.Value, 1e-12);
        Fill(test, i => i < 20 ? 0.05 : (i % 9 + 1.5) / 10);                     // 0.2, seven times 0.09, twice 0.08…
        double[] counts = [20, .. Enumerable.Range(0, 9).Select(b => (double)Enumerable.Range(20, 80).Count(i => i % 9 == b))];
        Assert.Equal(counts.Sum(n => (n / 100 - 0.1) * Math.Log(n / 10)), test.Value, 1e-12);
        Assert.Equal(0.25, new StabilityTest(500, 0.25, 1000).Limit);
        Assert.Equal(45.1 * (1 / 500.0 + 1 / 50.0), new StabilityTest(500, 0.25, 50).Limit, 1e-12);
    }

    private static bool Fill(IDriftTest test, Func<int, double> value)
    {
        var alarmed = false;
        for (var i = 0; i < 100; i++) alarmed |= test.Observe(Of(value(i)));
        return alarmed;
    }

    private static DriftObservation Of(double p) => new() { PValue = p, Draw = 0.5 };

    private static double Inside(Random random) => (random.NextInt64(1L << 52) + 0.5) / (1L << 52);
}
