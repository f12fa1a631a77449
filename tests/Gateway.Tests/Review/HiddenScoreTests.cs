using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using MoodStream.Contracts;
using MoodStream.Gateway;
using MoodStream.Gateway.Settings;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Hosting;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests.Review;

/// <summary>A gate that keeps back what it measured until a case is decided: an audit sample looks like any other case.</summary>
public sealed class HiddenScoreTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>
{
    private static readonly string[] Measured = ["score", "threshold", "pValue", "nearestClass", "heatMap"];

    // The Redis is the same for all.
    private static string Gate => $"hidden-{TestContext.Current.Test!.UniqueID[..16]}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Case_BeforeItsDecision_TellsNothingThatWasMeasuredAndAfterItAll()
    {
        await using var app = App();
        await OpenAsync(app, "image", Verdict.Review, audit: false);

        var claimed = (await app.PostAsync("ann", $"/v1/review/{Gate}/claims")).GetProperty("cases")[0];
        var id = claimed.GetProperty("caseId").GetString()!;
        Assert.True(claimed.GetProperty("scoreHidden").GetBoolean());
        Assert.All(Measured, name => Assert.False(claimed.TryGetProperty(name, out _), name));
        using (var map = await app.SendAsync("ann", HttpMethod.Get, $"/v1/review/{Gate}/cases/{id}/heat-map")) await Problems.AssertAsync(map, 404, "no-heat-map");

        var decided = await app.PostAsync(
            "ann", $"/v1/review/{Gate}/cases/{id}/decision", new { token = claimed.GetProperty("token").GetInt64(), verdict = "out-of-distribution" });
        Assert.False(decided.GetProperty("scoreHidden").GetBoolean());
        Assert.All(Measured, name => Assert.True(decided.TryGetProperty(name, out _), name));
        using var shown = await app.SendAsync("ann", HttpMethod.Get, $"/v1/review/{Gate}/cases/{id}/heat-map");
        Assert.Equal(200, (int)shown.StatusCode);
    }

    [Fact]
    public async Task AuditSample_BeforeItsDecision_HasTheSameMembersAsAnyOtherCase()
    {
        await using var app = App();
        await OpenAsync(app, "held back", Verdict.Review, audit: false);
        await OpenAsync(app, "accepted", Verdict.Accept, audit: true);

        var cases = (await app.GetAsync("ann", $"/v1/review/{Gate}/cases")).GetProperty("cases").EnumerateArray().Select(Members).ToList();

        Assert.Equal(2, cases.Count);
        Assert.Equal(cases[0], cases[1]);
    }

    [Theory]
    [InlineData("sort=score")]
    [InlineData("sort=uncertainty")]
    [InlineData("minScore=1")]
    [InlineData("maxScore=1")]
    [InlineData("class=1")]
    public async Task List_ThatWouldTellScores_IsRefusedUnlessOfDecidedCases(string query)
    {
        await using var app = App();
        await OpenAsync(app, "image", Verdict.Review, audit: false);

        using var refused = await app.SendAsync("ann", HttpMethod.Get, $"/v1/review/{Gate}/cases?{query}");
        await Problems.AssertAsync(refused, 400, "invalid-query");
        if (!query.StartsWith("sort", StringComparison.Ordinal)) await app.GetAsync("ann", $"/v1/review/{Gate}/cases?state=decided&{query}");
        using var elsewhere = await app.SendAsync("ann", HttpMethod.Get, $"/v1/review/open/cases?{query}");
        Assert.Equal(200, (int)elsewhere.StatusCode);
    }

    [Fact]
    public async Task SettingProblems_OrderThatTellsScores_IsOne()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create($"{ReviewSettings.Section}:Gates:parts:HidesScores", (string?)"true")]);
        builder.AddGateway();
        await using var app = builder.Build();

        Assert.Contains(app.SettingProblems(), problem => problem.Contains($"{ReviewSettings.Section}:Gates:parts:Order", StringComparison.Ordinal));
    }

    private ReviewApp App() => new(redis, ($"MoodStream:Review:Gates:{Gate}:HidesScores", "true"), ($"MoodStream:Review:Gates:{Gate}:Order", "Age"));

    private static string[] Members(JsonElement its) => [.. its.EnumerateObject().Select(p => p.Name)];

    private async Task OpenAsync(ReviewApp app, string imageId, Verdict verdict, bool audit)
    {
        var scored = Samples.Scored(imageId, app.Gateway.Clock.GetUtcNow(), verdict) with
        {
            Gate = Gate, NearestClass = 1, HeatMapReference = await app.Gateway.Store.PutAsync(Samples.Png, Stop),
        };
        Assert.True(await app.Desk.OpenAsync(scored, $"{Topics.Review}-0-0", audit, Stop));
    }
}
