using System.Globalization;
using System.Net;
using System.Text.Json;

namespace MoodStream.Bench.Rig;

/// <summary>Asks a running service for its health and its metrics, as an orchestrator and Prometheus do.</summary>
internal sealed class ServiceProbe : IDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(15) };

    /// <summary>Whether the service takes traffic, and what it says of one part.</summary>
    /// <returns>Whether it is ready, and the part's status; null where it does not answer.</returns>
    public async Task<(bool Ready, string Part)?> ReadyAsync(Uri service, string part, CancellationToken cancellation)
    {
        try
        {
            using var response = await _client.GetAsync(new Uri(service, "/health/ready"), cancellation);
            using var json = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellation), default, cancellation);
            var status = json.RootElement.GetProperty("parts").EnumerateArray().Single(p => p.GetProperty("name").GetString() == part);
            return (response.StatusCode == HttpStatusCode.OK, status.GetProperty("status").GetString()!);
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>What the service answers, whatever its status; why it does not where it does not.</summary>
    public async Task<string> TextAsync(Uri service, string path, CancellationToken cancellation)
    {
        try
        {
            using var response = await _client.GetAsync(new Uri(service, path), cancellation);
            return await response.Content.ReadAsStringAsync(cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return e.Message;
        }
    }

    /// <summary>Sum of a metric over its labels; null where the service does not answer or does not have it.</summary>
    public async Task<double?> MetricAsync(Uri service, string name, CancellationToken cancellation)
    {
        try
        {
            var text = await _client.GetStringAsync(new Uri(service, "/metrics"), cancellation);
            double[] values =
            [
                .. text.Split('\n').Where(l => l.StartsWith(name, StringComparison.Ordinal) && l.Length > name.Length && l[name.Length] is ' ' or '{')
                    .Select(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)),
            ];
            return values.Length == 0 ? null : values.Sum();
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
