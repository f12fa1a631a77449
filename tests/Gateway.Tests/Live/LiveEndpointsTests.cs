using System.Net.Http.Json;
using System.Text.Json;
using MoodStream.Contracts;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Kafka;
using MoodStream.TestKit;

namespace MoodStream.GatewayTests.Live;

public sealed class LiveEndpointsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Results_ThreeTopics_AreListedNewestFirstAndCompleted()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        var now = app.Clock.GetUtcNow();
        app.Feed.Write(app.Feed.Record(Samples.Scored("a", now)));
        app.Feed.Write(app.Feed.Record(Samples.Scored("b", now, Verdict.Review)));
        app.Feed.Write(app.Feed.DeadLetter("c", DeadLetterReason.Truncated, now));
        await Eventually.HoldsAsync(() => app.Feed.Completed.Count == 3, "the feed is read");

        Assert.Equal(["c", "b", "a"], await IdsAsync(client, "/v1/live/results"));
        Assert.Equal(["b"], await IdsAsync(client, "/v1/live/results?verdict=review"));
        Assert.Equal(["c"], await IdsAsync(client, "/v1/live/results?verdict=dead-letter&source=belt-1"));
        Assert.Empty(await IdsAsync(client, "/v1/live/results?source=belt-2"));
        Assert.Equal(["c", "b"], await IdsAsync(client, "/v1/live/results?limit=2"));
        var one = await client.GetFromJsonAsync<JsonElement>("/v1/live/results/b", Stop);
        Assert.Equal(("review", 900.0), (one.GetProperty("verdict").GetString(), one.GetProperty("score").GetDouble()));
        Assert.False(one.TryGetProperty("reason", out _));
        Assert.Equal(1, await app.MetricAsync("""moodstream_gateway_live_records_total{outcome="dead-letter"}"""));
    }

    [Theory]
    [InlineData("/v1/live/results?verdict=maybe")]
    [InlineData("/v1/live/results?limit=0")]
    [InlineData("/v1/live/results?limit=501")]
    [InlineData("/v1/live/results?limit=-1")]
    [InlineData("/v1/live/results?limit=ten")]
    [InlineData("/v1/live/rates?resolution=hour")]
    [InlineData("/v1/live/rates?steps=301")]
    public async Task Get_BadQuery_Is400(string path)
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();

        using var response = await client.GetAsync(path, Stop);

        await Problems.AssertAsync(response, 400, "invalid-query");
    }

    [Fact]
    public async Task Result_NotAmongNewest_Is404()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();

        using var response = await client.GetAsync("/v1/live/results/nobody", Stop);

        await Problems.AssertAsync(response, 404, "not-among-newest");
    }

    [Fact]
    public async Task Rates_EndedImages_AreCountedWithLagAndPromise()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        app.Pressure.Lag = 42;
        for (var i = 0; i < 4; i++)
            app.Feed.Write(app.Feed.Record(Samples.Scored($"image-{i}", app.Clock.GetUtcNow(), i == 0 ? Verdict.Review : Verdict.Accept)));
        app.Feed.Write(app.Feed.Record(Samples.Scored("image-0", app.Clock.GetUtcNow(), Verdict.Review)));
        await Eventually.HoldsAsync(() => app.Feed.Completed.Count == 5, "the feed is read");

        var rates = await client.GetFromJsonAsync<JsonElement>("/v1/live/rates?steps=2", Stop);

        Assert.Equal((42, true), (rates.GetProperty("lag").GetInt64(), rates.GetProperty("accepting").GetBoolean()));
        Assert.Equal(2, rates.GetProperty("series").GetArrayLength());
        Assert.Equal((3, 1), (rates.GetProperty("total").GetProperty("accept").GetInt32(), rates.GetProperty("total").GetProperty("review").GetInt32()));
        var gate = Assert.Single(rates.GetProperty("gates").EnumerateArray());
        Assert.Equal((0.25, 0.05), (gate.GetProperty("oodRate").GetDouble(), gate.GetProperty("promisedFalseAlarmRate").GetDouble()));
        Assert.InRange(rates.GetProperty("latencyP50Ms").GetDouble(), 76, 84);
        Assert.Equal(1, await app.MetricAsync("""moodstream_gateway_live_records_total{outcome="repeated"}"""));
    }

    [Fact]
    public async Task Feed_UnreadableRecord_IsLeftOutAndTheNextIsShown()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        app.Feed.Write(new(new(Topics.Accepted, 0, 1000), null, "junk"u8.ToArray(), [], app.Clock.GetUtcNow()));
        app.Feed.Write(app.Feed.Record(Samples.Scored("a", app.Clock.GetUtcNow())));

        await Eventually.HoldsAsync(() => app.Feed.Completed.Count == 2, "the feed is read");

        Assert.Equal(["a"], await IdsAsync(client, "/v1/live/results"));
        Assert.Equal(1, await app.MetricAsync("""moodstream_gateway_live_records_total{outcome="unreadable"}"""));
    }

    [Fact]
    public async Task Feed_ConsumerFails_IsFollowedAgainInTheSameGroup()
    {
        await using var app = new GatewayApp();
        using var client = app.CreateClient();
        await Eventually.HoldsAsync(() => app.Feed.Opened == 1, "the feed is followed");
        var group = app.Feed.Subscription!.Group;

        app.Feed.Break(new IOException("the broker is gone"));
        await Eventually.HoldsAsync(
            () =>
            {
                app.Clock.Advance(TimeSpan.FromSeconds(1));
                return app.Feed.Opened == 2;
            },
            "the feed is followed again");
        app.Feed.Write(app.Feed.Record(Samples.Scored("after", app.Clock.GetUtcNow())));

        await Eventually.HoldsAsync(async () => (await IdsAsync(client, "/v1/live/results")).Contains("after"), "it is shown");
        Assert.Equal(group, app.Feed.Subscription!.Group);
    }

    [Theory]
    [InlineData("Latest", OffsetReset.Latest)]
    [InlineData("Earliest", OffsetReset.Earliest)]
    public async Task Feed_Start_IsWhereTheSettingSays(string setting, OffsetReset reset)
    {
        await using var app = new GatewayApp(settings: ("LiveStart", setting));
        using var client = app.CreateClient();

        await Eventually.HoldsAsync(() => app.Feed.Opened == 1, "the feed is followed");

        Assert.Equal(reset, app.Feed.Subscription!.OffsetReset);
        Assert.Equal([Topics.Accepted, Topics.Review, Topics.DeadLetters], app.Feed.Subscription.Topics);
    }

    private static async Task<List<string?>> IdsAsync(HttpClient client, string path)
    {
        var answer = await client.GetFromJsonAsync<JsonElement>(path, Stop);
        return [.. answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("imageId").GetString())];
    }
}
