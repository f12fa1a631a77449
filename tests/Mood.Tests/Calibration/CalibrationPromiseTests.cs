using MoodStream.Mood.Calibration;
using MoodStream.Mood.Detectors;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Calibration;

/// <summary>What thresholds promise, by hand and over 1,000 simulated calibrations of a fitted detector.</summary>
public sealed class CalibrationPromiseTests
{
    private const int Calibrations = 1000;
    private const int FreshImages = 200_000;
    private const double Confidence = 0.95;

    [Theory]
    [InlineData(0.05, 19, 59)]
    [InlineData(0.01, 99, 299)]
    [InlineData(0.001, 999, 2995)]
    public void MinimumSize_UsualRates_IsTheSmallestSupported(double rate, int marginal, int pac)
    {
        foreach (var (promise, size) in new[] { (new CalibrationPromise(rate), marginal), (new CalibrationPromise(rate, Confidence), pac) })
        {
            Assert.Equal(size, promise.MinimumSize);
            Assert.Equal(size, promise.Rank(size));
            var refusal = Assert.Throws<CalibrationTooSmallException>(() => promise.RequireRank(size - 1));
            Assert.Equal((size - 1, size), (refusal.CalibrationSize, refusal.MinimumSize));
            Assert.Contains($"at least {size:N0} calibration images", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(promise.Confidence is not null, refusal.Message.Contains("with confidence 0.95", StringComparison.Ordinal));
            Assert.Equal(size - 1, new CalibrationPromise(promise.SmallestRate(size - 1) * (1 + 1e-12), promise.Confidence).Rank(size - 1));
        }
    }

    [Fact]
    public void Rank_KnownTable_OfThePacPromise()
    {
        var promise = new CalibrationPromise(0.05, 0.95);
        Assert.Equal([99, 484, 962, 4776, 9537], new[] { 100, 500, 1000, 5000, 10_000 }.Select(n => promise.Rank(n)!.Value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Promise_RateOrConfidenceOutsideItsRange_IsRefused(double value)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CalibrationPromise(value));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CalibrationPromise(0.1, value));
    }

    [Theory]
    [InlineData(199, 0.05, 1)]
    [InlineData(500, 0.01, 2)]
    [InlineData(999, 0.02, 3)]
    public void Marginal_ThousandCalibrations_RealiseRatesOfTheBetaLaw(int n, double rate, int seed)
    {
        var promise = new CalibrationPromise(rate);
        var law = promise.RealisedRate(n);
        double[] rates = [.. RealisedRates(promise, n, seed).Order()];
        double farthest = 0;
        for (var i = 0; i < rates.Length; i++)
        {
            var expected = law.CumulativeProbability(rates[i]);
            farthest = Math.Max(farthest, Math.Max(expected - i / (double)rates.Length, (i + 1) / (double)rates.Length - expected));
        }
        Assert.True(KolmogorovDistribution.Tail(farthest, rates.Length) > 1e-3, $"D = {farthest:F4}");
        var slack = 4 * Math.Sqrt(law.Mean * (1 - law.Mean) / (n + 2) / Calibrations);
        Assert.InRange(rates.Average(), law.Mean - slack, law.Mean + slack);
    }

    [Theory]
    [InlineData(100, 0.05, 4)]
    [InlineData(500, 0.01, 5)]
    [InlineData(1000, 0.02, 6)]
    public void Pac_ThousandCalibrations_AreAboveTheRateInFivePercentAtMost(int n, double rate, int seed)
    {
        var promise = new CalibrationPromise(rate, Confidence);
        var above = RealisedRates(promise, n, seed).Count(r => r > rate) / (double)Calibrations;
        var expected = 1 - promise.RealisedRate(n).CumulativeProbability(rate);
        var slack = 4 * Math.Sqrt((1 - Confidence) * Confidence / Calibrations);
        Assert.InRange(expected, 0, 1 - Confidence);
        Assert.InRange(above, expected - slack, expected + slack);
    }

    [Fact]
    public void Pac_SameScores_AlarmsLessThanMarginal()
    {
        var calibration = ConformalCalibration.Of([.. Enumerable.Range(1, 500).Select(i => (double)i)]);
        Assert.Equal(484, calibration.Threshold(new CalibrationPromise(0.05, 0.95)));
        Assert.Equal(calibration.PacThreshold(0.05, 0.05), calibration.Threshold(new CalibrationPromise(0.05, 0.95)));
        Assert.Equal(476, calibration.Threshold(new CalibrationPromise(0.05)));
    }

    /// <summary>Realised false-alarm rate of the threshold of each calibration, counted on the same fresh images.</summary>
    private static double[] RealisedRates(CalibrationPromise promise, int n, int seed)
    {
        using var scope = NewDisposeScope();
        using var fitted = DetectorRegistry.Mahalanobis.Fit(Draws.Normal(seed, 400, 4));
        double[] fresh = [.. fitted.Score(Draws.Normal(seed + 50, FreshImages, 4)).Scores.Order()];
        var scores = fitted.Score(Draws.Normal(seed + 100, Calibrations * n, 4)).Scores;
        return [.. Enumerable.Range(0, Calibrations).Select(i =>
        {
            var threshold = ConformalCalibration.Of(scores.AsSpan(i * n, n)).Threshold(promise);
            var place = Array.BinarySearch(fresh, threshold);
            return 1 - (place < 0 ? ~place : place + 1) / (double)FreshImages;
        })];
    }
}
