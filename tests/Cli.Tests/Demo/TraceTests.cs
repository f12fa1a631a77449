using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MoodStream.Cli.Demo;
using MoodStream.Cli.Features;
using MoodStream.Mood.Imaging;
using MoodStream.Streaming.Telemetry;
using MoodStream.TestKit;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace MoodStream.CliTests.Demo;

/// <summary>One image's trace goes from HTTP over Kafka to its decision, and the refit that learned it links to it.</summary>
public sealed class TraceTests(ITestOutputHelper output)
{
    private const string Key = "the key of ann";

    [Fact]
    public async Task Trace_FromHttpToDecisionToRefit_IsTheTreeOfTheHandbook()
    {
        var spans = new List<Activity>();
        var provider = Sdk.CreateTracerProviderBuilder().SetSampler(new AlwaysOnSampler())
            .AddSource(Traces.SourceName).AddAspNetCoreInstrumentation().AddInMemoryExporter(spans).Build();
        using (provider) await RunAsync();

        var tree = new SpanTree(spans).Draw(spans.Single(s => s.DisplayName == "POST /v1/sources/{source}/images"));
        output.WriteLine(tree);
        Assert.Equal(TreeOfTheHandbook(), tree);
    }

    /// <summary>The whole gate: one image in, decided, and a refit asked for.</summary>
    private static async Task RunAsync()
    {
        var settings = new DemoSettings
        {
            Port = LoopbackPorts.Free(), KafkaPort = LoopbackPorts.Free(), FalseAlarmRate = 0.05, Rate = 1, Backbone = BackboneFile.DefaultPath,
            Set = [$"MoodStream:Review:Keys:ann:Sha256={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}", "MoodStream:Review:Keys:ann:Roles:0=Reviewer"],
        };
        using var traffic = new LineCameraTraffic(seed: 1, oodShare: 0, fitImages: 120);
        await using var host = new DemoHost(settings);
        using var gate = await PublishedGate.FitAndPublishAsync(
            traffic, DemoHost.Gate, settings, host.Statistics, TimeProvider.System, TestContext.Current.CancellationToken);
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{settings.Port}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        await Eventually.HoldsAsync(async () => (await GetAsync(http, "/health/ready")).StatusCode == HttpStatusCode.OK, "the gate is ready");

        using var image = new ByteArrayContent(ImageEncoder.Jpeg(Stripes(), 90)) { Headers = { ContentType = new("image/jpeg") } };
        Assert.Equal(HttpStatusCode.Accepted, (await http.PostAsync(new Uri("/v1/sources/belt-1/images", UriKind.Relative), image)).StatusCode);
        await DecideAsync(http);
        await Eventually.HoldsAsync(async () => (await TextAsync(http, "/metrics"))
            .Contains("""moodstream_trainer_records_total{gate="default",outcome="ood"} 1""", StringComparison.Ordinal), "the trainer has learned the decision");
        await PostAsync(http, "/v1/gates/default/refits", new { reason = "a new kind of part", by = "ann" });
        await Eventually.HoldsAsync(async () => await TextAsync(http, "/v1/gates/default/refits/latest") is var latest
            && latest.Contains("\"announced\":true", StringComparison.Ordinal), "the refit has ended");
    }

    private static async Task DecideAsync(HttpClient http)
    {
        JsonElement claimed = default;
        await Eventually.HoldsAsync(async () =>
        {
            claimed = await PostAsync(http, "/v1/review/default/claims", new { count = 1 });
            return claimed.GetProperty("cases").GetArrayLength() == 1;
        }, "the image is a case");
        var its = claimed.GetProperty("cases")[0];
        await PostAsync(http, $"/v1/review/default/cases/{its.GetProperty("caseId").GetString()}/decision",
            new { token = its.GetProperty("token").GetInt64(), verdict = "out-of-distribution" });
    }

    private static string TreeOfTheHandbook()
    {
        var lines = File.ReadLines(Path.Combine(SharedFiles.Checkout, "docs", "operations.md"))
            .SkipWhile(l => l != "## Following one image").SkipWhile(l => l != "```text").Skip(1).TakeWhile(l => l != "```");
        return string.Join('\n', lines);
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private static async Task<string> TextAsync(HttpClient http, string path) => await (await GetAsync(http, path)).Content.ReadAsStringAsync();

    private static Task<HttpResponseMessage> GetAsync(HttpClient http, string path) =>
        http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    /// <summary>What no belt shows.</summary>
    private static RgbImage Stripes() => new(96, 96, [.. Enumerable.Range(0, 96 * 96 * 3).Select(i => (byte)(i / 3 / 8 % 2 == 0 ? 255 : i % 3 * 90))]);
}
