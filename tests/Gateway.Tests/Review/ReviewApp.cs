using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Access;
using MoodStream.Gateway.Review.Cases;
using MoodStream.GatewayTests.Fakes;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests.Review;

/// <summary>A gateway with the review queue on a real Redis, and people with keys.</summary>
internal sealed class ReviewApp(EmbeddedRedisFixture redis, params (string Key, string Value)[] settings) : IAsyncDisposable
{
    private static readonly (string Name, string Role, string? Gate)[] People =
        [("ann", "Reviewer", null), ("ben", "Reviewer", null), ("sue", "Senior", null), ("aud", "Auditor", null), ("far", "Senior", "elsewhere"), ("opa", "Operator", null), ("ope", "Operator", null)];

    public GatewayApp Gateway { get; } = new GatewayApp().With(
    [
        ("MoodStream:Review:Enabled", "true"),
        ("MoodStream:Redis:Address", redis.Redis.Address),
        ("MoodStream:Review:RequestsPerSecond", "10000"),
        .. People.SelectMany(p => KeyOf(p.Name, p.Role, p.Gate)),
        .. KeyOf("old", "Senior", null),
        .. KeyOf("belt", "Ingest", null),
        ("MoodStream:Review:Keys:old:ExpiresAt", "2026-03-14T15:09:25Z"),          // a second before the test's clock
        .. settings,
    ]);

    public ReviewDesk Desk => Gateway.Services.GetRequiredService<ReviewDesk>();

    /// <summary>Opens a case of a gate and gives its id.</summary>
    public async Task<string> OpenAsync(string gate, string imageId, double score = 900, string? reference = null, string? heatMap = null)
    {
        var scored = Samples.Scored(imageId, Gateway.Clock.GetUtcNow(), Verdict.Review) with
        {
            Gate = gate, Score = score, DataReference = reference, HeatMapReference = heatMap,
        };
        Assert.True(await Desk.OpenAsync(scored, "moodstream.review.v1-0-0", false, TestContext.Current.CancellationToken));
        return CaseMachine.IdOf(gate, imageId);
    }

    /// <summary>Sends a request as somebody; null as nobody.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        string? name, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var client = Gateway.CreateClient();
        using var request = new HttpRequestMessage(method, path);
        if (name is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", $"key of {name}");
        foreach (var (header, value) in headers) request.Headers.TryAddWithoutValidation(header, value);
        if (body is not null) request.Content = JsonContent.Create(body);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Posts as somebody and gives the answer, which must be 200.</summary>
    public async Task<JsonElement> PostAsync(string name, string path, object? body = null)
    {
        using var response = await SendAsync(name, HttpMethod.Post, path, body ?? new { });
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    /// <summary>Reads as somebody; the answer must be 200.</summary>
    public async Task<JsonElement> GetAsync(string name, string path)
    {
        using var response = await SendAsync(name, HttpMethod.Get, path);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => Gateway.DisposeAsync();

    private static IEnumerable<(string, string)> KeyOf(string name, string role, string? gate)
    {
        yield return ($"MoodStream:Review:Keys:{name}:Sha256", KeyRing.HashOf($"key of {name}"));
        yield return ($"MoodStream:Review:Keys:{name}:Roles:0", role);
        if (gate is not null) yield return ($"MoodStream:Review:Keys:{name}:Gates:0", gate);
    }
}
