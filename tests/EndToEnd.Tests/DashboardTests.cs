using MoodStream.TestKit;

namespace MoodStream.EndToEndTests;

/// <summary>Debian's Prometheus scrapes a running gate: every metric in use is there, and every panel of every dashboard has something to draw.</summary>
public sealed class DashboardTests(ReviewedDemo demo, ITestOutputHelper output) : IClassFixture<ReviewedDemo>
{
    /// <summary>What only trouble brings about; their panels show a 0 until then.</summary>
    private static readonly string[] OnlyInTrouble =
    [
        "moodstream_streaming_kafka_errors_total", "moodstream_streaming_offset_gap_records_total", "moodstream_scorer_held_images",
        "moodstream_trainer_drift_alarms_total",
    ];

    [Fact]
    public async Task Dashboards_OfARunningGate_HaveDataInEveryPanel()
    {
        await using var prometheus = ScrapingPrometheus.Start(demo.Http.BaseAddress!);
        var judged = 0;
        await Eventually.HoldsAsync(async () => (judged += await demo.JudgeAsync(10)) >= 30, "people judge thirty cases", TimeSpan.FromMinutes(2));
        await demo.AskForARefitAsync();

        foreach (var metric in ScrapingPrometheus.MetricsInUse().Except(OnlyInTrouble))
            await Eventually.HoldsAsync(async () => await prometheus.CountAsync(metric) > 0, $"{metric} is scraped", TimeSpan.FromMinutes(2));
        foreach (var dashboard in Dashboard.All())
            foreach (var query in dashboard.Panels.SelectMany(p => p.Queries))
                await Eventually.HoldsAsync(async () => await prometheus.CountAsync(query.Expression) > 0, $"{dashboard.Title}: {query.Expression} gives something");
        await DrawAsync(prometheus);
    }

    /// <summary>A picture of each dashboard beside the test results.</summary>
    private async Task DrawAsync(ScrapingPrometheus prometheus)
    {
        var folder = Directory.CreateDirectory(Path.Combine(SharedFiles.Checkout, "artifacts", "test-results", "dashboards")).FullName;
        foreach (var dashboard in Dashboard.All())
        {
            var picture = new DashboardPicture(dashboard.Title);
            foreach (var panel in dashboard.Panels)
            {
                var lines = new List<PlottedLine>();
                foreach (var query in panel.Queries) lines.AddRange(await prometheus.RangeAsync(query, TimeSpan.FromMinutes(2)));
                Assert.NotEmpty(lines);
                picture.Add(panel.Title, panel.Unit, lines);
            }
            var file = Path.Combine(folder, $"{dashboard.Name}.svg");
            await File.WriteAllTextAsync(file, picture.ToString(), TestContext.Current.CancellationToken);
            output.WriteLine($"{dashboard.Panels.Count} panels drawn: {file}");
        }
    }
}
