using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Upkeep;
using MoodStream.GatewayTests.Fakes;
using MoodStream.GatewayTests.Review;
using MoodStream.Streaming.Drift;
using MoodStream.Streaming.Statistics;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests.Operate;

/// <summary>What operators see and change over HTTP, on a Redis.</summary>
public sealed class OperatorApiTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gate_WithEveryKindOfVersion_TellsHowEachStands()
    {
        await using var app = new ReviewApp(redis);
        await PublishAsync(app, "kinds", activate: true);
        await PublishAsync(app, "kinds", activate: true);
        await PublishAsync(app, "kinds", refused: true);
        await PublishAsync(app, "kinds");
        await PostAsync(app, "kinds", "/versions/3/rejection", new { reason = "glare on the lens" });
        await PublishAsync(app, "kinds", refused: true);

        var its = await app.GetAsync("opa", Path("kinds"));

        Assert.Equal(
            [(5, "waiting"), (4, "unused"), (3, "rejected"), (2, "active"), (1, "earlier")],
            its.GetProperty("versions").EnumerateArray().Select(v => (v.GetProperty("version").GetInt32(), v.GetProperty("standing").GetString()!)));
        Assert.Equal((2, 2), (its.GetProperty("active").GetProperty("version").GetInt32(), its.GetProperty("active").GetProperty("epoch").GetInt32()));
        Assert.Equal([2, 1], its.GetProperty("history").EnumerateArray().Select(a => a.GetProperty("version").GetInt32()));
        var line = (await app.GetAsync("opa", "/v1/operate/gates")).GetProperty("gates").EnumerateArray().Single(g => g.GetProperty("gate").GetString() == "kinds");
        Assert.Equal((1, 0, "model-a"), (line.GetProperty("waiting").GetInt32(), line.GetProperty("drifting").GetInt32(), line.GetProperty("modelHash").GetString()));
    }

    [Fact]
    public async Task Activate_EarlierVersion_RollsBackAndTheTrailSaysWhoAndWhy()
    {
        await using var app = new ReviewApp(redis);
        await PublishAsync(app, "back", activate: true);
        await PublishAsync(app, "back", activate: true);

        var after = await PostAsync(app, "back", "/activations", new { version = 1, reason = " scratches pass " });

        Assert.Equal((1, 3), (after.GetProperty("active").GetProperty("version").GetInt32(), after.GetProperty("active").GetProperty("epoch").GetInt32()));
        var active = await Statistics(app).ReadActiveAsync("back", Stop);
        Assert.Equal((1, 3L), (active!.Value.Version, active.Value.Epoch));
        var link = (await TrailAsync(app, "back")).Single();
        Assert.Equal(
            ("opa", "statistics-rolled-back", "statistics version 1", "scratches pass"), (link.Actor, link.Event, link.Subject, link.Detail));
        Assert.Equal("scratches pass", (await Statistics(app).ReadHistoryAsync("back", 1, Stop)).Single().Reason);
    }

    [Fact]
    public async Task Activate_ByManyOperatorsAtOnce_IsDoneOnceAndToldToTheOthers()
    {
        await using var app = new ReviewApp(redis);
        for (var i = 0; i < 6; i++) await PublishAsync(app, "cross", activate: true);
        var tag = await TagAsync(app, "cross");

        var answers = await Task.WhenAll(Enumerable.Range(1, 5).Select(async version =>
        {
            using var response = await app.SendAsync(
                version % 2 == 0 ? "opa" : "ope", HttpMethod.Post, Path("cross") + "/activations", new { version, reason = "crossing" }, ("If-Match", tag));
            return (int)response.StatusCode;
        }));

        Assert.Equal([200, 412, 412, 412, 412], answers.Order());
        Assert.Equal(7L, (await Statistics(app).ReadActiveAsync("cross", Stop))!.Value.Epoch);
        Assert.Single(await TrailAsync(app, "cross"));
    }

    [Theory]
    [InlineData("/activations", """{"version":1,"reason":"because"}""", null, 428, "precondition-missing")]
    [InlineData("/activations", """{"version":1,"reason":"because"}""", "\"old\"", 412, "gate-changed")]
    [InlineData("/activations", """{"version":9,"reason":"because"}""", "now", 404, "version-not-found")]
    [InlineData("/activations", """{"version":2,"reason":"because"}""", "now", 409, "change-not-possible")]
    [InlineData("/activations", """{"version":3,"reason":"because"}""", "now", 409, "change-not-possible")]
    [InlineData("/activations", """{"version":4,"reason":"because"}""", "now", 409, "change-not-possible")]
    [InlineData("/activations", """{"version":1}""", "now", 400, "invalid-change")]
    [InlineData("/activations", """{"version":1,"reason":"  x "}""", "now", 400, "invalid-change")]
    [InlineData("/versions/1/rejection", """{"reason":"because"}""", "now", 409, "change-not-possible")]
    [InlineData("/versions/9/approval", """{"reason":"because"}""", "now", 404, "version-not-found")]
    [InlineData("/drift", """{"source":"nobody","episodeId":"e","state":"drifting","decision":"accept","reason":"because"}""", "now", 404, "drift-not-found")]
    [InlineData("/drift", """{"episodeId":"e","state":"drifting","decision":"accept","reason":"because"}""", "now", 400, "invalid-change")]
    public async Task Change_ThatCannotBeMade_SaysWhyAndChangesNothing(string path, string body, string? tag, int status, string problem)
    {
        await using var app = new ReviewApp(redis);
        if ((await Statistics(app).ListVersionsAsync("refused", Stop)).Count == 0)
        {
            await PublishAsync(app, "refused", activate: true);
            await PublishAsync(app, "refused", activate: true);
            await PublishAsync(app, "refused", refused: true);
            await PublishAsync(app, "refused", model: "model-b");
        }
        var before = (await app.GetAsync("opa", Path("refused"))).GetProperty("revision").GetString();

        (string, string)[] headers = tag is null ? [] : [("If-Match", tag == "now" ? await TagAsync(app, "refused") : tag)];
        using var response = await app.SendAsync("opa", HttpMethod.Post, Path("refused") + path, JsonDocument.Parse(body).RootElement, headers);

        await Problems.AssertAsync(response, status, problem);
        Assert.Equal(before, (await app.GetAsync("opa", Path("refused"))).GetProperty("revision").GetString());
        Assert.Empty(await TrailAsync(app, "refused"));
    }

    [Fact]
    public async Task Gate_ThatHasNoStatistics_IsNotFound()
    {
        await using var app = new ReviewApp(redis);

        using var read = await app.SendAsync("opa", HttpMethod.Get, Path("nowhere"));
        using var asked = await app.SendAsync("opa", HttpMethod.Post, Path("nowhere") + "/refits", new { reason = "because" });

        await Problems.AssertAsync(read, 404, "gate-not-found");
        await Problems.AssertAsync(asked, 404, "gate-not-found");
    }

    [Fact]
    public async Task Approve_VersionThatGuardsRefused_ActivatesItAndNamesWhatItOverrules()
    {
        await using var app = new ReviewApp(redis);
        await PublishAsync(app, "approve", activate: true);
        await PublishAsync(app, "approve", refused: true);
        await PostAsync(app, "approve", "/versions/2/rejection", new { reason = "not sure yet" });

        await PostAsync(app, "approve", "/versions/2/approval", new { reason = "the new lamp is right" });

        var header = (await Statistics(app).ReadHeaderAsync("approve", 2, Stop))!;
        Assert.Equal(("opa", "the new lamp is right", null), (header.Approval!.By, header.Approval.Reason, header.Rejection));
        Assert.Equal(2, (await Statistics(app).ReadActiveAsync("approve", Stop))!.Value.Version);
        Assert.Equal(
            ["statistics-rejected: not sure yet", "statistics-approved: the new lamp is right (overruling mean_shift)", "statistics-activated: the new lamp is right (overruling mean_shift)"],
            (await TrailAsync(app, "approve")).Select(link => $"{link.Event}: {link.Detail}"));
    }

    [Fact]
    public async Task Approve_ActiveVersion_LeavesTheEpoch()
    {
        await using var app = new ReviewApp(redis);
        await PublishAsync(app, "word", activate: true);

        await PostAsync(app, "word", "/versions/1/approval", new { reason = "looked at two hundred images" });

        Assert.Equal(1L, (await Statistics(app).ReadActiveAsync("word", Stop))!.Value.Epoch);
        Assert.True((await Statistics(app).ReadHeaderAsync("word", 1, Stop))!.HumanApproved);
    }

    [Fact]
    public async Task Activate_VersionOfAnotherModel_IsDoneWhenItIsMeant()
    {
        await using var app = new ReviewApp(redis);
        await PublishAsync(app, "model", activate: true);
        await PublishAsync(app, "model", model: "model-b");

        var after = await PostAsync(app, "model", "/activations", new { version = 2, reason = "new backbone", otherModel = true });

        Assert.Equal(2, after.GetProperty("active").GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Refit_ThatIsAskedFor_WaitsForATrainerAndIsInTheTrail()
    {
        await using var app = new ReviewApp(redis);
        await PublishAsync(app, "refit", activate: true);

        using var response = await app.SendAsync("opa", HttpMethod.Post, Path("refit") + "/refits", new { reason = "new lamp" });

        Assert.Equal(202, (int)response.StatusCode);
        var waiting = Assert.Single(await app.Gateway.Services.GetRequiredService<RefitRequests>().WaitingAsync("refit", Stop));
        Assert.Equal(("opa", "new lamp"), (waiting.By, waiting.Reason));
        var link = Assert.Single(await TrailAsync(app, "refit"));
        Assert.Equal(("refit-requested", waiting.RequestId, "new lamp"), (link.Event, link.Subject, link.Detail));
    }

    [Fact]
    public async Task Drift_AnsweredAsItWasSeen_IsLaidDownOnce()
    {
        await using var app = new ReviewApp(redis);
        await PublishAsync(app, "drift", activate: true);
        var episodes = app.Gateway.Services.GetRequiredService<DriftEpisodes>();
        await episodes.BeginAsync("drift", new()
        {
            EpisodeId = "e-1", Source = "belt-1", StatisticsVersion = 1, State = DriftEpisodeState.Drifting, Test = "psi", Value = 0.6, Limit = 0.25,
            Images = 900, BeganAt = app.Gateway.Clock.GetUtcNow(),
        }, Stop);

        var held = await PostAsync(app, "drift", "/drift", new { source = "belt-1", episodeId = "e-1", state = "drifting", decision = "hold", reason = "lamp fails" });
        using var late = await app.SendAsync(
            "ope", HttpMethod.Post, Path("drift") + "/drift", new { source = "belt-1", episodeId = "e-1", state = "drifting", decision = "accept", reason = "new lamp" });
        await PostAsync(app, "drift", "/drift", new { source = "belt-1", episodeId = "e-1", state = "held", decision = "accept", reason = "new lamp" });

        Assert.Equal("held", held.GetProperty("drift")[0].GetProperty("state").GetString());
        await Problems.AssertAsync(late, 412, "gate-changed");
        Assert.Equal(DriftEpisodeState.Accepted, (await episodes.ReadAsync("drift", "belt-1", Stop))!.State);
        Assert.Equal("new lamp", Assert.Single(await app.Gateway.Services.GetRequiredService<RefitRequests>().WaitingAsync("drift", Stop)).Reason);
        Assert.Equal(["hold: lamp fails", "accept: new lamp"], (await TrailAsync(app, "drift")).Select(link => link.Detail));
    }

    [Fact]
    public async Task Gates_OfAnOperatorOfOne_AreThatOne()
    {
        await using var app = new ReviewApp(redis,
            ("MoodStream:Review:Keys:oda:Sha256", Gateway.Review.Access.KeyRing.HashOf("key of oda")), ("MoodStream:Review:Keys:oda:Roles:0", "Operator"),
            ("MoodStream:Review:Keys:oda:Gates:0", "mine"));
        await PublishAsync(app, "mine", activate: true);
        await PublishAsync(app, "theirs", activate: true);

        using var other = await app.SendAsync("oda", HttpMethod.Get, Path("theirs"));

        Assert.Equal(["mine"], (await app.GetAsync("oda", "/v1/operate/gates")).GetProperty("gates").EnumerateArray().Select(g => g.GetProperty("gate").GetString()));
        await Problems.AssertAsync(other, 403, "not-allowed");
    }

    private static string Path(string gate) => $"/v1/operate/gates/{gate}";

    private static IStatisticsStore Statistics(ReviewApp app) => app.Gateway.Services.GetRequiredService<IStatisticsStore>();

    private static async Task PublishAsync(ReviewApp app, string gate, bool activate = false, bool refused = false, string model = "model-a")
    {
        var version = await Statistics(app).PublishAsync(gate, new byte[] { 1, 2, 3 }, OperatedSamples.Header(gate, app.Gateway.Clock.GetUtcNow(), refused, model), Stop);
        if (activate) await Statistics(app).ActivateAsync(gate, version, "ada", Stop);
    }

    private static async Task<string> TagAsync(ReviewApp app, string gate)
    {
        using var response = await app.SendAsync("opa", HttpMethod.Get, Path(gate));
        return response.Headers.ETag!.ToString();
    }

    private static async Task<JsonElement> PostAsync(ReviewApp app, string gate, string path, object body)
    {
        using var response = await app.SendAsync("opa", HttpMethod.Post, Path(gate) + path, body, ("If-Match", await TagAsync(app, gate)));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Stop));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private static async Task<List<AuditRecorded>> TrailAsync(ReviewApp app, string gate)
    {
        await ((OutboxPump)app.Gateway.Services.GetService(typeof(OutboxPump))!).PumpAsync(Stop);
        return [.. app.Gateway.Producer.Written.Where(record => record.Topic == Topics.Audit)
            .Select(record => JsonSerializer.Deserialize(record.Value!, WireJson.Default.AuditRecorded)!)
            .Where(link => link.Gate == gate).DistinctBy(link => link.Sequence)];
    }
}
