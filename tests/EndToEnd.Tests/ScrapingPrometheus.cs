using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
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
        var port = FreePort();
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

    /// <summary>Starts it; null where Prometheus is not installed.</summary>
    public static ScrapingPrometheus? Start(Uri target)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, "prometheus")).FirstOrDefault(File.Exists);
        return program is null ? null : new(program, target);
    }

    /// <summary>Every query of every dashboard, with the variables that Grafana would fill in.</summary>
    public static IReadOnlyList<string> DashboardQueries() =>
        [.. Directory.EnumerateFiles(Path.Combine(SharedFiles.Checkout, "deploy", "grafana", "dashboards"), "*.json")
            .SelectMany(f => JsonDocument.Parse(File.ReadAllText(f)).RootElement.GetProperty("panels").EnumerateArray())
            .SelectMany(p => p.GetProperty("targets").EnumerateArray())
            .Select(t => t.GetProperty("expr").GetString()!.Replace("$gate", ".+", StringComparison.Ordinal).Replace("$__rate_interval", "30s", StringComparison.Ordinal))
            .Distinct()];

    /// <summary>The metrics that rules and dashboards name.</summary>
    public static IReadOnlyList<string> MetricsInUse() =>
        [.. Directory.EnumerateFiles(Path.Combine(SharedFiles.Checkout, "deploy", "prometheus", "rules"), "*.yml").Select(File.ReadAllText)
            .Concat(DashboardQueries())
            .SelectMany(t => Metric().Matches(t)).Select(m => m.Value).Distinct().Order()];

    /// <summary>How many series a query gives now.</summary>
    public async Task<int> CountAsync(string query)
    {
        try
        {
            using var body = new FormUrlEncodedContent([new("query", query)]);
            using var answer = await _http.PostAsync(new Uri("/api/v1/query", UriKind.Relative), body);
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return 0;
            Assert.True(answer.IsSuccessStatusCode, $"{query}: {json.RootElement}");
            return json.RootElement.GetProperty("data").GetProperty("result").GetArrayLength();
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return 0;                                                  // not listening yet
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"\bmoodstream_[a-z0-9_]+")]
    private static partial Regex Metric();
}
