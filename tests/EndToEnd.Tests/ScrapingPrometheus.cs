using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using MoodStream.TestKit;

namespace MoodStream.EndToEndTests;

/// <summary>The real Prometheus with this repository's rules, scraping one address every second.</summary>
internal sealed partial class ScrapingPrometheus : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-prometheus-").FullName;
    private readonly HttpClient _http;
    private readonly Process _process;

    private ScrapingPrometheus(string program, Uri target)
    {
        var port = LoopbackPorts.Free();
        _http = new() { BaseAddress = new($"http://127.0.0.1:{port}") };
        var settings = Path.Combine(_folder, "prometheus.yml");
        File.WriteAllText(settings, $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["{{Path.Combine(SharedFiles.Checkout, "deploy", "prometheus", "rules")}}/*.yml"]
            scrape_configs:
              - job_name: moodstream-demo
                static_configs: [{targets: ["{{target.Authority}}"]}]
            """);
        _process = Process.Start(new ProcessStartInfo(program,
        [
            $"--config.file={settings}", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
        ]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
    }

    /// <summary>Starts it; skips the test where Prometheus is not installed, and says so.</summary>
    public static ScrapingPrometheus Start(Uri target)
    {
        var program = Programs.Find("prometheus");
        if (program is null) Assert.Skip("needs prometheus (Debian: prometheus)");
        return new(program!, target);
    }

    /// <summary>The metrics that rules and dashboards name.</summary>
    public static IReadOnlyList<string> MetricsInUse() =>
        [.. Directory.EnumerateFiles(Path.Combine(SharedFiles.Checkout, "deploy", "prometheus", "rules"), "*.yml").Select(File.ReadAllText)
            .Concat(Dashboard.All().SelectMany(d => d.Panels).SelectMany(p => p.Queries).Select(q => q.Expression))
            .SelectMany(t => Metric().Matches(t)).Select(m => m.Value).Distinct().Order()];

    /// <summary>How many series a query gives now.</summary>
    public async Task<int> CountAsync(string query)
    {
        try
        {
            using var body = new FormUrlEncodedContent([new("query", query)]);
            using var answer = await _http.PostAsync(new Uri("/api/v1/query", UriKind.Relative), body);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return 0;       // listening, and still starting: plain text
            using var json = await ParseAsync(answer, query);
            return json.RootElement.GetProperty("data").GetProperty("result").GetArrayLength();
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return 0;                                                  // not listening yet
        }
    }

    /// <summary>What a query gave over the time until now, a point every two seconds.</summary>
    public async Task<IReadOnlyList<PlottedLine>> RangeAsync(DashboardQuery query, TimeSpan past)
    {
        var end = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        using var body = new FormUrlEncodedContent(
            [new("query", query.Expression), new("start", $"{end - (int)past.TotalSeconds}"), new("end", $"{end}"), new("step", "2")]);
        using var answer = await _http.PostAsync(new Uri("/api/v1/query_range", UriKind.Relative), body);
        using var json = await ParseAsync(answer, query.Expression);
        return [.. json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(s => LineOf(s, query.Legend))];
    }

    private static async Task<JsonDocument> ParseAsync(HttpResponseMessage answer, string query)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{query}: {text}");
        return JsonDocument.Parse(text);
    }

    private static PlottedLine LineOf(JsonElement series, string legend)
    {
        var labels = series.GetProperty("metric").EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!);
        var name = legend.Length == 0 ? string.Join(' ', labels.Values) : Label().Replace(legend, l => labels.GetValueOrDefault(l.Groups[1].Value, ""));
        return new(name, [.. series.GetProperty("values").EnumerateArray()
            .Select(v => (v[0].GetDouble(), double.Parse(v[1].GetString()!.Replace("Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture)))]);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex(@"\{\{\s*(\w+)\s*\}\}")]
    private static partial Regex Label();

    [GeneratedRegex(@"\bmoodstream_[a-z0-9_]+")]
    private static partial Regex Metric();
}
