using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace MoodStream.Bench.Review;

/// <summary>Reviewers who claim and decide over HTTP, think for a while, crash with a case in hand, and submit late.</summary>
internal sealed class ReviewCrowd(HttpClient client, Uri address, string gate, TimeSpan lease)
{
    private const double CrashShare = 0.02, LateShare = 0.005, AgainShare = 0.05;
    private static readonly TimeSpan LongestThought = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan WhenAway = TimeSpan.FromMilliseconds(200);
    private static readonly string[] Verdicts = ["in-distribution", "out-of-distribution", "unusable", "unsure"];

    private long _crashes, _lateRefused, _lateTaken;

    /// <summary>Milliseconds of every claim that was answered.</summary>
    public ConcurrentBag<double> ClaimMilliseconds { get; } = [];

    /// <summary>Every lease that was given: case and token, to whom.</summary>
    public ConcurrentDictionary<(string Case, long Token), string> Leases { get; } = new();

    /// <summary>Leases that were given to two.</summary>
    public ConcurrentBag<string> GivenTwice { get; } = [];

    /// <summary>Crashes.</summary>
    public long Crashes => Interlocked.Read(ref _crashes);

    /// <summary>Late submits that were refused.</summary>
    public long LateRefused => Interlocked.Read(ref _lateRefused);

    /// <summary>Late submits that were taken.</summary>
    public long LateTaken => Interlocked.Read(ref _lateTaken);

    /// <summary>One reviewer works until told to stop.</summary>
    public async Task WorkAsync(string name, string key, Random chance, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await ClaimAsync(name, key, stop) is not { } mine)
            {
                await PauseAsync(WhenAway, stop);
                continue;
            }
            await PauseAsync(LongestThought * chance.NextDouble(), stop);
            var verdict = Verdicts[chance.Next(Verdicts.Length)];
            var fate = chance.NextDouble();
            if (fate < CrashShare)
            {
                Interlocked.Increment(ref _crashes);
            }
            else if (fate < CrashShare + LateShare)
            {
                await SubmitLateAsync(key, mine, verdict, stop);
            }
            else
            {
                await SubmitAsync(key, mine, verdict, stop);
                // Whoever is not sure that the answer came sends the same again.
                if (chance.NextDouble() < AgainShare) await SubmitAsync(key, mine, verdict, stop);
            }
        }
    }

    private async Task<(string Case, long Token)?> ClaimAsync(string name, string key, CancellationToken stop)
    {
        var started = Stopwatch.GetTimestamp();
        var (status, body) = await PostAsync($"/v1/review/{gate}/claims", key, """{"count":1}""", stop);
        if (status != HttpStatusCode.OK) return null;
        ClaimMilliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        var cases = body.GetProperty("cases");
        if (cases.GetArrayLength() == 0) return null;
        var mine = (cases[0].GetProperty("caseId").GetString()!, cases[0].GetProperty("token").GetInt64());
        if (Leases.GetOrAdd(mine, name) != name) GivenTwice.Add($"{mine}");
        return mine;
    }

    // Sent again while the gateway is away: the token makes the repeat harmless.
    private async Task SubmitAsync(string key, (string Case, long Token) mine, string verdict, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var (status, _) = await DecideAsync(key, mine, verdict, stop);
            if (status is not null && (int)status < 500 && status != HttpStatusCode.TooManyRequests) return;
            await PauseAsync(WhenAway, stop);
        }
    }

    private async Task SubmitLateAsync(string key, (string Case, long Token) mine, string verdict, CancellationToken stop)
    {
        await PauseAsync(lease * 1.1, stop);
        var (status, _) = await DecideAsync(key, mine, verdict, stop);
        if (status == HttpStatusCode.OK) Interlocked.Increment(ref _lateTaken);
        if (status == HttpStatusCode.Conflict) Interlocked.Increment(ref _lateRefused);
    }

    private Task<(HttpStatusCode? Status, JsonElement Body)> DecideAsync(
        string key, (string Case, long Token) mine, string verdict, CancellationToken stop) =>
        PostAsync($"/v1/review/{gate}/cases/{mine.Case}/decision", key, $$"""{"token":{{mine.Token}},"verdict":"{{verdict}}"}""", stop);

    private async Task<(HttpStatusCode? Status, JsonElement Body)> PostAsync(string path, string key, string json, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
            {
                Content = new StringContent(json, new MediaTypeHeaderValue("application/json")),
            };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var response = await client.SendAsync(request, stop);
            return (response.StatusCode, response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>(stop) : default);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or JsonException)
        {
            return (null, default);
        }
    }

    private static async Task PauseAsync(TimeSpan time, CancellationToken stop) =>
        await Task.Delay(time, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
