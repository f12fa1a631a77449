using System.Net.Http.Json;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Upkeep;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Records;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests.Review;

/// <summary>Who is refused what: every operation of the API description, so that a new endpoint cannot be forgotten.</summary>
public sealed class ReviewAccessTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 401, "not-authenticated")]
    [InlineData("old", 401, "not-authenticated")]
    [InlineData("far", 403, "not-allowed")]
    public async Task EveryOperation_WithoutAKeyThatMay_IsRefused(string? who, int status, string problem)
    {
        await using var app = new ReviewApp(redis);
        foreach (var (method, path) in await OperationsAsync(app))
        {
            if (who == "far" && !path.Contains("/parts/", StringComparison.Ordinal)) continue;
            using var response = await app.SendAsync(who, method, path, method == HttpMethod.Post ? new { verdict = "unsure", token = 1 } : null);
            if ((int)response.StatusCode == 429) break;                           // so many expired keys lock the address out, too
            await Problems.AssertAsync(response, status, problem);
        }
    }

    [Fact]
    public async Task EveryChange_ByAnAuditor_IsRefused()
    {
        await using var app = new ReviewApp(redis);
        foreach (var (method, path) in (await OperationsAsync(app)).Where(o => o.Method != HttpMethod.Get))
        {
            using var response = await app.SendAsync("aud", method, path, new { verdict = "unsure", token = 1 });
            await Problems.AssertAsync(response, 403, "not-allowed");
        }
    }

    [Theory]
    [InlineData("recall")]
    [InlineData("correction")]
    public async Task Leading_ByAReviewer_IsRefused(string what)
    {
        await using var app = new ReviewApp(redis);

        using var response = await app.SendAsync("ann", HttpMethod.Post, $"/v1/review/parts/cases/x/{what}", new { verdict = "unsure" });

        await Problems.AssertAsync(response, 403, "not-allowed");
    }

    [Fact]
    public async Task WrongKeys_TenInAMinute_LockTheAddressOutForAMinute()
    {
        await using var app = new ReviewApp(redis);
        for (var i = 1; i <= 10; i++)
        {
            using var wrong = await app.SendAsync("nobody", HttpMethod.Get, "/v1/review/gates");
            Assert.Equal(i < 10 ? 401 : 429, (int)wrong.StatusCode);
        }

        using (var locked = await app.SendAsync("ann", HttpMethod.Get, "/v1/review/gates"))
            await Problems.AssertAsync(locked, 429, "too-many-attempts");
        app.Gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        using var open = await app.SendAsync("ann", HttpMethod.Get, "/v1/review/gates");
        Assert.Equal(200, (int)open.StatusCode);
    }

    [Fact]
    public async Task Outbox_WhileKafkaIsAway_KeepsEverythingAndTheChainHolds()
    {
        await using var app = new ReviewApp(redis);
        app.Gateway.Producer.Failure = new RecordNotWrittenException("away");
        await app.OpenAsync("kept", "image");
        var pump = (OutboxPump)app.Gateway.Services.GetService(typeof(OutboxPump))!;
        await Assert.ThrowsAsync<RecordNotWrittenException>(() => pump.PumpAsync(Stop));
        await app.PostAsync("ann", "/v1/review/kept/claims");

        app.Gateway.Producer.Failure = null;
        await pump.PumpAsync(Stop);

        var walk = new AuditWalk();
        foreach (var record in app.Gateway.Producer.Written.Where(r => r.Topic == Topics.Audit))
            walk.Add(JsonSerializer.Deserialize(record.Value!, WireJson.Default.AuditRecorded)!);
        Assert.Equal(2, walk.Links["kept"]);
        Assert.Empty(walk.Breaks);
    }

    private static async Task<List<(HttpMethod Method, string Path)>> OperationsAsync(ReviewApp app)
    {
        using var client = app.Gateway.CreateClient();
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json", Stop);
        var operations = document.GetProperty("paths").EnumerateObject()
            .Where(path => path.Name.StartsWith("/v1/review/", StringComparison.Ordinal))
            .SelectMany(path => path.Value.EnumerateObject().Select(o => (
                new HttpMethod(o.Name.ToUpperInvariant()),
                path.Name.Replace("{gate}", "parts", StringComparison.Ordinal).Replace("{caseId}", "x", StringComparison.Ordinal))))
            .ToList();
        Assert.Equal(15, operations.Count);
        return operations;
    }
}
