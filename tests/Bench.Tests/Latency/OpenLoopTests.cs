using MoodStream.Bench.Latency;

namespace MoodStream.BenchTests.Latency;

public sealed class OpenLoopTests
{
    [Fact]
    public void Arrivals_TenASecond_HaveTheGapsOfAPoissonProcess()
    {
        var arrivals = OpenLoop.Arrivals(perSecond: 10, count: 20_000, seed: 3);
        double[] gaps = [.. arrivals.Zip(arrivals.Skip(1), (a, b) => b - a)];
        Assert.All(gaps, gap => Assert.True(gap >= 0));
        // Mean and standard deviation of an exponential gap are the same; that of the mean is 0.1 / sqrt(20,000) = 0.0007.
        Assert.Equal(0.1, gaps.Average(), tolerance: 0.003);
        Assert.Equal(0.1, Math.Sqrt(gaps.Average(gap => Math.Pow(gap - 0.1, 2))), tolerance: 0.005);
    }

    [Fact]
    public void Arrivals_SameSeed_AreTheSame() => Assert.Equal(OpenLoop.Arrivals(5, 10, seed: 1), OpenLoop.Arrivals(5, 10, seed: 1));
}
