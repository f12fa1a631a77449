using MoodStream.Mood.Calibration;

namespace MoodStream.MoodTests.Calibration;

/// <summary>Laws of conformal calibration.</summary>
public sealed class ConformalCalibrationTests
{
    [Fact]
    public void PValue_ByHand_CountsScoresAtLeastAsLarge()
    {
        var calibration = ConformalCalibration.Of([3, 1, 2, 2]);
        Assert.Equal([1.0, 0.8, 0.4, 0.2], new[] { 1, 2, 2.5, 9 }.Select(calibration.PValue));
    }

    [Fact]
    public void Verdict_AnyRateAndScore_ThresholdAndPValueAgree()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var n = random.Next(1, 60);
            var calibration = ConformalCalibration.Of([.. Enumerable.Range(0, n).Select(_ => (double)random.Next(0, 25))]);
            var rate = round % 2 == 0 ? random.Next(1, n + 1) / (n + 1.0) : 1 / (n + 1.0) + random.NextDouble() * n / (n + 1.01);
            if (rate >= 1) continue;
            var threshold = calibration.Threshold(rate);
            for (var score = -1.0; score <= 26; score += 0.5)
                Assert.Equal(calibration.PValue(score) > rate, score <= threshold);
        }
    }

    [Fact]
    public void Threshold_EveryUsualRate_IsTheNamedOrderStatistic()
    {
        for (var n = 9; n <= 2000; n += 7)
        {
            var calibration = ConformalCalibration.Of([.. Enumerable.Range(1, n).Select(i => (double)i)]);
            foreach (var percent in new[] { 1, 5, 10, 20 })
            {
                if (percent * (n + 1) < 100) continue;
                Assert.Equal(n + 1 - percent * (n + 1) / 100, calibration.Threshold(percent / 100.0));  // in whole numbers
            }
        }
    }

    [Fact]
    public void Threshold_SetTooSmall_IsRefusedWithTheNumbers()
    {
        var calibration = ConformalCalibration.Of([.. Enumerable.Range(0, 50).Select(i => (double)i)]);
        var refusal = Assert.Throws<CalibrationTooSmallException>(() => calibration.Threshold(0.01));
        Assert.Equal((50, 99, 1 / 51.0), (refusal.CalibrationSize, refusal.MinimumSize, refusal.SmallestRate!.Value));
        Assert.Contains("at least 99 calibration images", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(49, calibration.Threshold(calibration.SmallestRate));
    }

    [Theory]
    [InlineData(0.05, 19)]
    [InlineData(0.01, 99)]
    [InlineData(0.1, 9)]
    [InlineData(0.5, 1)]
    [InlineData(0.999, 1)]
    [InlineData(0.001, 999)]
    public void MinimumSize_UsualRates_IsOneOverTheRateLessOne(double rate, int size)
    {
        Assert.Equal(size, ConformalThreshold.MinimumSize(rate));
        Assert.True(ConformalThreshold.AllowedAlarms(rate, size) >= 1);
        if (size > 1) Assert.Equal(0, ConformalThreshold.AllowedAlarms(rate, size - 1));
    }

    [Fact]
    public void PacThreshold_SetTooSmall_NamesTheSmallestRate()
    {
        var calibration = ConformalCalibration.Of(new double[58]);
        var refusal = Assert.Throws<CalibrationTooSmallException>(() => calibration.PacThreshold(0.05, 0.05));
        Assert.Equal(59, refusal.MinimumSize);
        Assert.Equal(0, calibration.PacThreshold(refusal.SmallestRate!.Value * (1 + 1e-9), 0.05));
    }

    [Fact]
    public void FalseAlarms_ManyCalibrationSets_KeepThePromiseOnAverage()
    {
        var random = new Random(5);
        const int Rounds = 20_000;
        var alarms = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var calibration = ConformalCalibration.Of([.. Enumerable.Range(0, 39).Select(_ => random.NextDouble())]);
            if (random.NextDouble() > calibration.Threshold(0.05)) alarms++;
        }
        Assert.InRange((double)alarms / Rounds, 0.05 - 0.006, 0.05 + 0.006);     // 4 standard errors
    }

    [Fact]
    public void SmoothedPValue_TiedScores_IsUniformAllTheSame()
    {
        var random = new Random(6);
        const int Rounds = 20_000;
        var below = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var calibration = ConformalCalibration.Of([.. Enumerable.Range(0, 9).Select(_ => (double)random.Next(3))]);
            if (calibration.SmoothedPValue(random.Next(3), random.NextDouble()) <= 0.3) below++;
        }
        Assert.InRange((double)below / Rounds, 0.3 - 0.013, 0.3 + 0.013);        // 4 standard errors
    }

    [Fact]
    public void ConditionalPValues_AnyRank_AreNotBelowTheMarginalAtSmallP()
    {
        var simes = new SimesCorrection(500, 0.1);
        for (var j = 1; j <= 125; j++) Assert.True(simes.OfRank(j) >= j / 501.0);
        Assert.Equal(1, simes.OfRank(501));
    }

    [Fact]
    public void Of_ScoreNotFinite_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => ConformalCalibration.Of([1, double.NaN]));
        Assert.Throws<ArgumentException>(() => ConformalCalibration.Of([1, double.PositiveInfinity]));
        Assert.Throws<ArgumentException>(() => ConformalCalibration.Of([]));
        Assert.Throws<ArgumentException>(() => ConformalCalibration.Of([1]).PValue(double.NaN));
    }

    [Fact]
    public void Of_CallersArrayChangedLater_ChangesNothing()
    {
        double[] scores = [1, 2, 3];
        var calibration = ConformalCalibration.Of(scores);
        scores[0] = 99;
        Assert.Equal([1, 2, 3], calibration.Scores.ToArray());
    }
}
