using MoodStream.Mood.Calibration;

namespace MoodStream.MoodTests.Calibration;

/// <summary>The exact interval of the promised rate, by hand and by simulation.</summary>
public sealed class FalseAlarmIntervalTests
{
    [Fact]
    public void Exact_OneImage_InvertsTheMeanByHand()
    {
        // One image alarms with probability a, whatever n: the ends are 1 − 0.025 and 0.025.
        var none = FalseAlarmInterval.Exact(0, 1, 50, 0.95);
        var one = FalseAlarmInterval.Exact(1, 1, 50, 0.95);
        Close.Absolute([0, 0.975, 0.025, 1], [none.Low, none.High, one.Low, one.High], 1e-12);
    }

    [Fact]
    public void Exact_TwoImagesOneCalibrationScore_SolvesTheQuadratic()
    {
        // P(2 of 2) = l (l + 1) / 6 with l = 2 a: l² + l − 0.15 = 0.
        var l = (Math.Sqrt(1.6) - 1) / 2;
        Assert.Equal(l / 2, FalseAlarmInterval.Exact(2, 2, 1, 0.95).Low, 1e-12);
        Assert.Equal(1 - l / 2, FalseAlarmInterval.Exact(0, 2, 1, 0.95).High, 1e-12);
    }

    [Fact]
    public void Exact_HugeCalibrationSet_IsTheBinomialInterval()
    {
        // Clopper and Pearson for 5 of 100 at 95 %: quantiles of Beta(5, 96) and Beta(6, 95).
        var interval = FalseAlarmInterval.Exact(5, 100, 100_000_000, 0.95);
        var low = new BetaDistribution(5, 96).Quantile(0.025);
        var high = new BetaDistribution(6, 95).Quantile(0.975);
        Close.Absolute([low, high], [interval.Low, interval.High], 1e-6);
        Assert.Equal(0.0164, low, 4);                                            // the textbook's 0.0164 to 0.1128
        Assert.Equal(0.1128, high, 4);
    }

    [Fact]
    public void Exact_SmallCalibrationSet_IsWider()
    {
        var small = FalseAlarmInterval.Exact(50, 1000, 100, 0.99);
        var large = FalseAlarmInterval.Exact(50, 1000, 10_000, 0.99);
        Assert.True(small.Low < large.Low && small.High > large.High);
    }

    [Theory]
    [InlineData(99, 5, 200, 0.95)]
    [InlineData(39, 2, 500, 0.99)]
    [InlineData(200, 10, 50, 0.9)]
    public void Exact_SimulatedStreams_CoverThePromisedRate(int n, int allowed, int images, double confidence)
    {
        var random = new Random(17);
        const int Rounds = 4000;
        var rate = allowed / (n + 1.0);
        var intervals = Enumerable.Range(0, images + 1).Select(x => FalseAlarmInterval.Exact(x, images, n, confidence)).ToArray();
        var covered = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var threshold = ConformalCalibration.Of([.. Enumerable.Range(0, n).Select(_ => random.NextDouble())]).Threshold(rate);
            var alarms = Enumerable.Range(0, images).Count(_ => random.NextDouble() > threshold);
            if (intervals[alarms].Contains(rate)) covered++;
        }
        var slack = 4 * Math.Sqrt(confidence * (1 - confidence) / Rounds);
        Assert.InRange((double)covered / Rounds, confidence - slack, 1);
    }

    [Theory]
    [InlineData(20, 1.5, 30)]
    [InlineData(500, 12.25, 88.75)]
    [InlineData(3, 1, 1)]
    public void BetaBinomial_AllCounts_AreOneDistribution(int trials, double a, double b)
    {
        var law = new BetaBinomialDistribution(trials, a, b);
        var probabilities = Enumerable.Range(0, trials + 1).Select(law.Probability).ToArray();
        Assert.Equal(1, probabilities.Sum(), 1e-12);
        Assert.Equal(law.Mean, probabilities.Select((p, k) => p * k).Sum(), 1e-9);
        for (var k = 0; k <= trials; k++)
        {
            Assert.Equal(probabilities.Take(k + 1).Sum(), law.AtMost(k), 1e-12);
            Assert.Equal(1, law.AtMost(k - 1) + law.AtLeast(k), 1e-12);
        }
    }

    [Fact]
    public void BetaBinomial_UniformChance_MakesEveryCountEquallyLikely() =>
        Assert.All(Enumerable.Range(0, 8), k => Assert.Equal(1 / 8.0, new BetaBinomialDistribution(7, 1, 1).Probability(k), 1e-13));

    [Fact]
    public void Exact_ImpossibleCounts_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FalseAlarmInterval.Exact(2, 1, 10, 0.99));
        Assert.Throws<ArgumentOutOfRangeException>(() => FalseAlarmInterval.Exact(-1, 1, 10, 0.99));
        Assert.Throws<ArgumentOutOfRangeException>(() => FalseAlarmInterval.Exact(0, 0, 10, 0.99));
        Assert.Throws<ArgumentOutOfRangeException>(() => FalseAlarmInterval.Exact(0, 1, 0, 0.99));
        Assert.Throws<ArgumentOutOfRangeException>(() => FalseAlarmInterval.Exact(0, 1, 10, 1));
    }
}
