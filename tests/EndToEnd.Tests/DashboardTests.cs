using System.Net;
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
        await PutInAsync();
        var judged = 0;
        await Eventually.HoldsAsync(async () => (judged += await demo.JudgeAsync(10)) >= 30, "people judge thirty cases", TimeSpan.FromMinutes(2));
        await demo.AskForARefitAsync();

        await HaveDataAsync(prometheus, ScrapingPrometheus.MetricsInUse().Except(OnlyInTrouble));
        await HaveDataAsync(prometheus, Dashboard.All().SelectMany(d => d.Panels).SelectMany(p => p.Queries).Select(q => q.Expression).Distinct());
        await DrawAsync(prometheus);
    }

    /// <summary>What the demo's own stream does not bring about: an image by HTTP, a refusal, and a dead letter.</summary>
    private async Task PutInAsync()
    {
        var path = new Uri("/v1/sources/cam-http/images", UriKind.Relative);
        using var image = new ByteArrayContent(DrawnPhotographs.Jpeg()) { Headers = { ContentType = new("image/jpeg") } };
        Assert.Equal(HttpStatusCode.Accepted, (await demo.Http.PostAsync(path, image, TestContext.Current.CancellationToken)).StatusCode);
        using var text = new StringContent("hello");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await demo.Http.PostAsync(path, text, TestContext.Current.CancellationToken)).StatusCode);
        await demo.PutAsync("text", "this is not an image"u8.ToArray());
    }

    /// <summary>Waits until every query gives something; fails with all that do not.</summary>
    private static async Task HaveDataAsync(ScrapingPrometheus prometheus, IEnumerable<string> queries)
    {
        List<string> empty = [.. queries];
        try
        {
            await Eventually.HoldsAsync(async () =>
            {
                List<string> still = [];
                foreach (var query in empty)
                    if (await prometheus.CountAsync(query) == 0) still.Add(query);
                return (empty = still).Count == 0;
            }, "every query gives something");
        }
        catch (TimeoutException)
        {
            Assert.Empty(empty);
        }
    }

    /// <summary>A picture of each dashboard beside the test results.</summary>
    private async Task DrawAsync(ScrapingPrometheus prometheus)
    {
        // Half a minute of points, so that there are lines and not dots.
        await Eventually.HoldsAsync(async () => await prometheus.CountAsync("count_over_time(up[5m]) >= 30") > 0, "thirty scrapes");
        var folder = Directory.CreateDirectory(Path.Combine(SharedFiles.Checkout, "artifacts", "test-results", "dashboards")).FullName;
        foreach (var dashboard in Dashboard.All())
        {
            var picture = new DashboardPicture(dashboard.Title);
            foreach (var panel in dashboard.Panels)
            {
                var lines = new List<PlottedLine>();
                foreach (var query in panel.Queries) lines.AddRange(await prometheus.RangeAsync(query, TimeSpan.FromMinutes(1)));
                Assert.True(lines.Count > 0, $"{dashboard.Title}, {panel.Title}: nothing to draw");
                picture.Add(panel.Title, panel.Unit, lines);
            }
            var file = Path.Combine(folder, $"{dashboard.Name}.svg");
            await File.WriteAllTextAsync(file, picture.ToString(), TestContext.Current.CancellationToken);
            output.WriteLine($"{dashboard.Panels.Count} panels drawn: {file}");
        }
    }
}
