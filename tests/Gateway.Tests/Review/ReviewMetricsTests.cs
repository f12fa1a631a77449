using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Upkeep;
using MoodStream.GatewayTests.Fakes;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests.Review;

/// <summary>The review metrics say what happened to the cases, by numbers that one counts by hand.</summary>
public sealed class ReviewMetricsTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>
{
    private const string Decisions = "moodstream_gateway_review_decisions_total";
    private const string TakenBack = "moodstream_gateway_review_decisions_taken_back_total";
    private const string Agreements = "moodstream_gateway_review_agreements_total";

    [Fact]
    public async Task Queue_OneOpenOneClaimedOneEscalated_IsCountedWithTheAgeOfTheOldestThatWaits()
    {
        await using var app = new ReviewApp(redis);
        await app.OpenAsync("queue", "first", 900);
        app.Gateway.Clock.Advance(TimeSpan.FromSeconds(40));
        await app.OpenAsync("queue", "second", 800);
        app.Gateway.Clock.Advance(TimeSpan.FromSeconds(30));
        await app.OpenAsync("queue", "third", 700);
        await app.PostAsync("ann", "/v1/review/queue/claims");                        // the furthest out: the first
        var (second, token) = Claimed(await app.PostAsync("ben", "/v1/review/queue/claims"));
        await app.PostAsync("ben", $"/v1/review/queue/cases/{second}/escalation", new { token });
        app.Gateway.Clock.Advance(TimeSpan.FromSeconds(5));

        await app.Gateway.Services.GetRequiredService<CaseSweeper>().SweepAsync(TestContext.Current.CancellationToken);

        foreach (var state in new[] { "open", "claimed", "escalated" })
            Assert.Equal(1, await app.Gateway.MetricAsync($$"""moodstream_gateway_review_cases{gate="queue",state="{{state}}"}"""));
        Assert.Equal(35, await app.Gateway.MetricAsync("""moodstream_gateway_review_oldest_case_age_seconds{gate="queue"}"""));
    }

    [Fact]
    public async Task Decision_UndoneAndMadeAnew_CountsWhatHoldsAsTheDifference()
    {
        await using var app = new ReviewApp(redis);
        await app.OpenAsync("undo", "image");
        app.Gateway.Clock.Advance(TimeSpan.FromSeconds(100));
        var (id, token) = Claimed(await app.PostAsync("ann", "/v1/review/undo/claims"));
        app.Gateway.Clock.Advance(TimeSpan.FromSeconds(3));
        await DecideAsync(app, "ann", "undo", id, token, "in-distribution");
        var undone = await app.PostAsync("ann", $"/v1/review/undo/cases/{id}/undo");
        await DecideAsync(app, "ann", "undo", id, undone.GetProperty("token").GetInt64(), "out-of-distribution");

        Assert.Equal(1, await app.Gateway.MetricAsync(Of(Decisions, "undo", "review", "in-distribution")));
        Assert.Equal(1, await app.Gateway.MetricAsync(Of(TakenBack, "undo", "review", "in-distribution")));
        Assert.Equal(1, await app.Gateway.MetricAsync(Of(Decisions, "undo", "review", "out-of-distribution")));
        Assert.Equal(0, await app.Gateway.MetricAsync(Of(TakenBack, "undo", "review", "out-of-distribution")));
        Assert.Equal(1, await app.Gateway.MetricAsync("""moodstream_gateway_review_turnaround_seconds_count{gate="undo"}"""));
        Assert.Equal(103, await app.Gateway.MetricAsync("""moodstream_gateway_review_turnaround_seconds_sum{gate="undo"}"""));
        Assert.Equal(3, await app.Gateway.MetricAsync("""moodstream_gateway_review_vote_duration_seconds_sum{gate="undo"}"""));
    }

    [Fact]
    public async Task Correction_BySenior_TakesTheOldVerdictBack()
    {
        await using var app = new ReviewApp(redis);
        await app.OpenAsync("right", "image");
        var (id, token) = Claimed(await app.PostAsync("ann", "/v1/review/right/claims"));
        await DecideAsync(app, "ann", "right", id, token, "in-distribution");

        await app.PostAsync("sue", $"/v1/review/right/cases/{id}/correction", new { token, verdict = "out-of-distribution" });

        Assert.Equal(1, await app.Gateway.MetricAsync(Of(TakenBack, "right", "review", "in-distribution")));
        Assert.Equal(1, await app.Gateway.MetricAsync(Of(Decisions, "right", "review", "out-of-distribution")));
        Assert.Equal(1, await app.Gateway.MetricAsync("""moodstream_gateway_review_vote_duration_seconds_count{gate="right"}"""));
    }

    [Theory]
    [InlineData("in-distribution", "agreed")]
    [InlineData("out-of-distribution", "disagreed")]
    public async Task BlindVotes_OfTwo_AgreeOrDoNot(string second, string outcome)
    {
        var gate = $"pair-{outcome}";
        await using var app = new ReviewApp(redis, ($"MoodStream:Review:Gates:{gate}:Quorum", "2"));
        await app.OpenAsync(gate, "image");
        var (id, token) = Claimed(await app.PostAsync("ann", $"/v1/review/{gate}/claims"));
        await DecideAsync(app, "ann", gate, id, token, "in-distribution");
        (_, token) = Claimed(await app.PostAsync("ben", $"/v1/review/{gate}/claims"));
        await DecideAsync(app, "ben", gate, id, token, second);

        Assert.Equal(1, await app.Gateway.MetricAsync($$"""{{Agreements}}{gate="{{gate}}",outcome="{{outcome}}"}"""));
        Assert.Equal(2, await app.Gateway.MetricAsync($$"""moodstream_gateway_review_vote_duration_seconds_count{gate="{{gate}}"}"""));
    }

    [Fact]
    public async Task Decision_OfAnAuditSample_IsCountedAsOne()
    {
        await using var app = new ReviewApp(redis);
        var accepted = Samples.Scored("passed", app.Gateway.Clock.GetUtcNow(), Verdict.Accept) with { Gate = "audit" };
        Assert.True(await app.Desk.OpenAsync(accepted, "moodstream.accepted.v1-0-0", true, TestContext.Current.CancellationToken));
        var (id, token) = Claimed(await app.PostAsync("ann", "/v1/review/audit/claims"));

        await DecideAsync(app, "ann", "audit", id, token, "out-of-distribution");

        Assert.Equal(1, await app.Gateway.MetricAsync(Of(Decisions, "audit", "audit", "out-of-distribution")));
        Assert.Equal(0, await app.Gateway.MetricAsync(Of(Decisions, "audit", "review", "out-of-distribution")));
    }

    private static Task<JsonElement> DecideAsync(ReviewApp app, string name, string gate, string id, long token, string verdict) =>
        app.PostAsync(name, $"/v1/review/{gate}/cases/{id}/decision", new { token, verdict });

    private static (string Id, long Token) Claimed(JsonElement claims)
    {
        var first = claims.GetProperty("cases")[0];
        return (first.GetProperty("caseId").GetString()!, first.GetProperty("token").GetInt64());
    }

    private static string Of(string metric, string gate, string origin, string verdict) =>
        $$"""{{metric}}{gate="{{gate}}",origin="{{origin}}",verdict="{{verdict}}"}""";
}
