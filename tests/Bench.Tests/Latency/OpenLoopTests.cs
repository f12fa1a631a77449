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

    [Fact]
    public void Steady_TwoASecond_AreHalfASecondApart() => Assert.Equal([0, 0.5, 1], OpenLoop.Steady(2, 3));

    [Fact]
    public void ForwardAlone_TwoThatWaitWhileOneIsPassed_AreOneBatch()
    {
        // One takes 1 s and two take 1.5 s: the first from 0 to 1, the next two from 1 to 2.5, the last, which comes to an idle machine, from 9 to 10.
        var latencies = OpenLoop.ForwardAlone([0, 0.25, 0.5, 9], [1, 1.5]);
        Assert.Equal([1, 2.25, 2, 1], latencies);
    }

    [Fact]
    public void ForwardAlone_MoreThanABatchThatWait_AreSplit() => Assert.Equal([1.5, 1.5, 2.5], OpenLoop.ForwardAlone([0, 0, 0], [1, 1.5]));
}
