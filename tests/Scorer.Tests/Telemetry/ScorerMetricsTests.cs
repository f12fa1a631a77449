using System.Text;
using MoodStream.Contracts;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Telemetry;
using Prometheus;

namespace MoodStream.ScorerTests.Telemetry;

/// <summary>What the metrics say after results whose figures are known.</summary>
public sealed class ScorerMetricsTests(Backbones backbones)
{
    private static readonly CollectorRegistry Registry = Metrics.NewCustomRegistry();

    [Fact]
    public async Task Judged_ScoresOnTheGatesOwnScale_MedianIsZeroAndThresholdOne()
    {
        using var statistics = backbones.ReadStatistics();
        var scores = statistics.Calibration.Scores.ToArray();
        var metrics = new ScorerMetrics(Registry);

        metrics.Judged("parts", Result("belt-1", scores[scores.Length / 2], Verdict.Accept), statistics);
        metrics.Judged("parts", Result("belt-1", statistics.Threshold, Verdict.Accept), statistics);
        metrics.Judged("parts", Result("belt-2", null, Verdict.Review), null);

        var text = await TextAsync();
        Assert.Contains("moodstream_scorer_relative_score_ratio_sum{gate=\"parts\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("moodstream_scorer_relative_score_ratio_bucket{gate=\"parts\",le=\"0\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("moodstream_scorer_relative_score_ratio_bucket{gate=\"parts\",le=\"1\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("moodstream_scorer_source_images_total{gate=\"parts\",source=\"belt-1\",verdict=\"accept\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("moodstream_scorer_source_images_total{gate=\"parts\",source=\"belt-2\",verdict=\"review\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetStatistics_Usable_TellsWhatTheyRestOn()
    {
        using var statistics = backbones.ReadStatistics();
        var registry = Metrics.NewCustomRegistry();
        new ScorerMetrics(registry).SetStatistics("parts", new GateState(7, statistics, null));

        var text = await TextAsync(registry);
        Assert.Contains("moodstream_scorer_statistics_version{gate=\"parts\"} 7\n", text, StringComparison.Ordinal);
        Assert.Contains("moodstream_scorer_promised_false_alarm_ratio{gate=\"parts\"} 0.1\n", text, StringComparison.Ordinal);
        Assert.Contains($"moodstream_scorer_statistics_calibration_images{{gate=\"parts\"}} {statistics.CalibrationCount}\n", text, StringComparison.Ordinal);
        Assert.Contains($"moodstream_scorer_statistics_fit_images{{gate=\"parts\"}} {statistics.FitCount}\n", text, StringComparison.Ordinal);
    }

    private static Task<string> TextAsync() => TextAsync(Registry);

    private static async Task<string> TextAsync(CollectorRegistry registry)
    {
        using var written = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(written, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(written.ToArray());
    }

    private static ImageScored Result(string source, double? score, Verdict verdict) => new()
    {
        ImageId = "image-1",
        Source = source,
        Gate = "parts",
        Verdict = verdict,
        Score = score,
        StatisticsVersion = 7,
        ModelHash = "model",
        PreprocessingHash = "preprocessing",
        Feature = [],
        Position = "moodstream.images.v1-0-0",
        ReceivedAt = Records.At,
        ScoredAt = Records.At,
    };
}
