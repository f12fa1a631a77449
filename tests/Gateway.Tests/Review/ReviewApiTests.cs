using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Review.Upkeep;
using MoodStream.GatewayTests.Fakes;
using MoodStream.TestKit;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests.Review;

public sealed class ReviewApiTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClaimNext_ThreeCases_GivesTheFurthestOutFirstAndNoneTwice()
    {
        await using var app = new ReviewApp(redis);
        var near = await app.OpenAsync("order", "near", 500);
        var far = await app.OpenAsync("order", "far", 900);
        var middle = await app.OpenAsync("order", "middle", 700);

        var ann = await app.PostAsync("ann", "/v1/review/order/claims", new { count = 2 });
        var ben = await app.PostAsync("ben", "/v1/review/order/claims", new { count = 2 });

        Assert.Equal([far, middle], Ids(ann));
        Assert.Equal([near], Ids(ben));
    }

    [Fact]
    public async Task ClaimNext_TwentyReviewersAtOnceOnTwoGateways_NeverHoldTheSameCase()
    {
        await using var one = new ReviewApp(redis);
        await using var two = new ReviewApp(redis);
        for (var i = 0; i < 100; i++) await one.OpenAsync("crowd", $"image-{i}", 500 + i);

        var claimed = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            (i % 2 == 0 ? one : two).Desk.ClaimNextAsync("crowd", new($"reviewer-{i}", false), 5, Stop)));

        var ids = claimed.SelectMany(c => c).Select(c => c.CaseId).ToList();
        Assert.Equal(100, ids.Count);
        Assert.Equal(100, ids.Distinct().Count());
    }

    [Fact]
    public async Task Offer_Front_IsGivenToNobodyElseUntilItIsWithdrawnOrEnds()
    {
        await using var app = new ReviewApp(redis);
        var first = await app.OpenAsync("offer", "first", 900);
        var second = await app.OpenAsync("offer", "second", 800);
        var store = app.Gateway.Services.GetRequiredService<CaseStore>();
        var now = app.Gateway.Clock.GetUtcNow();
        Task<IReadOnlyList<string>> OfferAsync(DateTimeOffset at) =>
            store.OfferAsync("offer", CaseIndex.OpenByScore, 1, at, at.AddSeconds(2), Stop);

        Assert.Equal([first], await OfferAsync(now));
        Assert.Equal([second], await OfferAsync(now));
        Assert.Empty(await OfferAsync(now));
        await store.WithdrawAsync("offer", [second], Stop);
        Assert.Equal([second], await OfferAsync(now));
        Assert.Equal([first], await OfferAsync(now.AddSeconds(2)));
    }

    [Fact]
    public async Task ClaimNext_BehindMoreCasesThanAreOfferedInWhichOneHasHadASay_GivesTheNextOne()
    {
        await using var app = new ReviewApp(redis, ("MoodStream:Review:Gates:behind:Quorum", "2"));
        for (var i = 0; i < 30; i++) await app.OpenAsync("behind", $"image-{i}", 900 - i);
        var last = await app.OpenAsync("behind", "last", 500);
        var mine = await app.PostAsync("ann", "/v1/review/behind/claims", new { count = 30 });
        foreach (var its in mine.GetProperty("cases").EnumerateArray())
            await app.PostAsync("ann", $"/v1/review/behind/cases/{its.GetProperty("caseId").GetString()}/decision",
                new { token = its.GetProperty("token").GetInt64(), verdict = "unsure" });

        Assert.Equal([last], Ids(await app.PostAsync("ann", "/v1/review/behind/claims")));
        Assert.Equal(30, Ids(await app.PostAsync("ben", "/v1/review/behind/claims", new { count = 50 })).Count);
    }

    [Fact]
    public async Task Decide_ThenAgain_IsOneDecisionOnTheTopic()
    {
        await using var app = new ReviewApp(redis);
        var id = await app.OpenAsync("once", "image");
        var token = Token(await app.PostAsync("ann", "/v1/review/once/claims"));
        var decision = new { token, verdict = "out-of-distribution", reasonCode = "new-defect", note = "a scratch" };

        await app.PostAsync("ann", $"/v1/review/once/cases/{id}/decision", decision);
        var again = await app.PostAsync("ann", $"/v1/review/once/cases/{id}/decision", decision);

        Assert.Equal("decided", again.GetProperty("state").GetString());
        var written = await DecisionsAsync(app, "once");
        Assert.Equal(
            (DecisionKind.Decision, 1L, "image", DecisionVerdict.OutOfDistribution, "new-defect", "a scratch", "ann", 3L),
            written.Select(d => (d.Kind, d.Revision, d.ImageId, d.Verdict, d.ReasonCode!, d.Note!, d.Reviewer, d.StatisticsVersion)).Single());
        Assert.True(written.Single().Feature is [1, 2, 3, 4]);
    }

    [Fact]
    public async Task Decide_LateWithAnOldToken_IsRefused()
    {
        await using var app = new ReviewApp(redis);
        var id = await app.OpenAsync("late", "image");
        var old = Token(await app.PostAsync("ann", "/v1/review/late/claims"));
        app.Gateway.Clock.Advance(TimeSpan.FromMinutes(3));
        await ((CaseSweeper)app.Gateway.Services.GetService(typeof(CaseSweeper))!).SweepAsync(Stop);
        Assert.Equal([id], Ids(await app.PostAsync("ben", "/v1/review/late/claims")));

        using var response = await app.SendAsync(
            "ann", HttpMethod.Post, $"/v1/review/late/cases/{id}/decision", new { token = old, verdict = "unsure" });

        await Problems.AssertAsync(response, 409, "stale-token");
    }

    [Fact]
    public async Task Undo_AtOnce_RecallsWhatWasDecided()
    {
        await using var app = new ReviewApp(redis);
        var id = await app.OpenAsync("undo", "image");
        var token = Token(await app.PostAsync("ann", "/v1/review/undo/claims"));
        await app.PostAsync("ann", $"/v1/review/undo/cases/{id}/decision", new { token, verdict = "unusable" });

        var undone = await app.PostAsync("ann", $"/v1/review/undo/cases/{id}/undo");

        Assert.Equal("claimed", undone.GetProperty("state").GetString());
        Assert.Equal(token + 1, undone.GetProperty("token").GetInt64());
        Assert.Equal([DecisionKind.Decision, DecisionKind.Recall], (await DecisionsAsync(app, "undo")).Select(d => d.Kind));
    }

    [Fact]
    public async Task List_PageByPage_GivesEveryCaseOnceInOrder()
    {
        await using var app = new ReviewApp(redis);
        var expected = new List<string>();
        for (var i = 0; i < 7; i++) expected.Add(await app.OpenAsync("pages", $"image-{i}", 900 - i));

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await app.GetAsync("aud", $"/v1/review/pages/cases?limit=3&sort=score{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(Ids(page));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(expected, seen);
    }

    [Theory]
    [InlineData("openedFrom=2026-03-14T15:10:26Z", "second", "third")]
    [InlineData("openedBefore=2026-03-14T15:10:26Z", "first")]
    [InlineData("openedFrom=2026-03-14T15:10:26%2B00:00&openedBefore=2026-03-14T17:11:26%2B02:00", "second")]
    [InlineData("openedFrom=2026-03-14T15:12:00Z")]
    public async Task List_ByAge_GivesWhatWasOpenedWithin(string filter, params string[] expected)
    {
        await using var app = new ReviewApp(redis);
        var gate = $"age-{filter.GetHashCode(StringComparison.Ordinal)}";
        var ids = new Dictionary<string, string>();
        foreach (var image in new[] { "first", "second", "third" })              // at 15:09:26, 15:10:26 and 15:11:26
        {
            ids[image] = await app.OpenAsync(gate, image);
            app.Gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var page = await app.GetAsync("aud", $"/v1/review/{gate}/cases?sort=age&{filter}");

        Assert.Equal(expected.Select(image => ids[image]), Ids(page));
    }

    [Fact]
    public async Task List_OfATimeThatIsNone_IsRefused()
    {
        await using var app = new ReviewApp(redis);

        using var response = await app.SendAsync("aud", HttpMethod.Get, "/v1/review/parts/cases?openedFrom=yesterday");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Bulk_CasesOfWhichOneIsTaken_DecidesTheOthers()
    {
        await using var app = new ReviewApp(redis);
        var taken = await app.OpenAsync("bulk", "taken", 900);
        await app.PostAsync("ben", "/v1/review/bulk/claims");
        var free = await app.OpenAsync("bulk", "free", 800);

        var answer = await app.PostAsync("ann", "/v1/review/bulk/decisions", new { caseIds = new[] { taken, free }, verdict = "in-distribution" });

        var outcomes = answer.GetProperty("outcomes").EnumerateArray().ToList();
        Assert.Equal("case-taken", outcomes[0].GetProperty("problem").GetString());
        Assert.Equal("decided", outcomes[1].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Case_WithTheEtagOfItsVersion_IsNotSentAgain()
    {
        await using var app = new ReviewApp(redis);
        var id = await app.OpenAsync("etag", "image");
        using var first = await app.SendAsync("aud", HttpMethod.Get, $"/v1/review/etag/cases/{id}");
        using var client = app.Gateway.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/review/etag/cases/{id}");
        request.Headers.Authorization = new("Bearer", "key of aud");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await client.SendAsync(request, Stop);

        Assert.Equal("\"1\"", first.Headers.ETag!.Tag);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Image_OfACase_IsServedByTheGatewayWithRanges()
    {
        await using var app = new ReviewApp(redis);
        var reference = await app.Gateway.Store.PutAsync(Samples.Jpeg, Stop);
        var id = await app.OpenAsync("image", "image", reference: reference);
        using var client = app.Gateway.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/review/image/cases/{id}/image");
        request.Headers.Authorization = new("Bearer", "key of aud");
        request.Headers.Range = new(0, 3);

        using var response = await client.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(Samples.Jpeg[..4], await response.Content.ReadAsByteArrayAsync(Stop));
        Assert.Contains("immutable", response.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task HeatMap_OfACase_IsServedAsPngForAsLongAsTheImage()
    {
        await using var app = new ReviewApp(redis);
        var id = await app.OpenAsync("heat", "image", heatMap: await app.Gateway.Store.PutAsync(Samples.Png, Stop));
        var its = await app.GetAsync("aud", $"/v1/review/heat/cases/{id}");

        using var response = await app.SendAsync("aud", HttpMethod.Get, its.GetProperty("heatMap").GetString()!);
        using var again = await app.SendAsync(
            "aud", HttpMethod.Get, $"/v1/review/heat/cases/{id}/heat-map", headers: ("If-None-Match", response.Headers.ETag!.Tag));

        Assert.Equal((200, "image/png"), ((int)response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.Equal(Samples.Png, await response.Content.ReadAsByteArrayAsync(Stop));
        Assert.True(response.Headers.CacheControl is { Private: true } kept && kept.ToString().Contains("immutable", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task HeatMap_WhereStatisticsHoldNoPatches_IsNotFoundAndNotNamed()
    {
        await using var app = new ReviewApp(redis);
        var id = await app.OpenAsync("cold", "image");

        using var response = await app.SendAsync("aud", HttpMethod.Get, $"/v1/review/cold/cases/{id}/heat-map");

        await Problems.AssertAsync(response, 404, "no-heat-map");
        Assert.False((await app.GetAsync("aud", $"/v1/review/cold/cases/{id}")).TryGetProperty("heatMap", out _));
    }

    [Fact]
    public async Task HeatMap_ThatIsNoPngOrGone_IsNotShown()
    {
        await using var app = new ReviewApp(redis);
        var other = await app.OpenAsync("odd", "other", heatMap: await app.Gateway.Store.PutAsync(Samples.Jpeg, Stop));
        var gone = await app.OpenAsync("odd", "gone", heatMap: $"aa/aa{new string('0', 62)}");

        foreach (var id in new[] { other, gone })
        {
            using var response = await app.SendAsync("aud", HttpMethod.Get, $"/v1/review/odd/cases/{id}/heat-map");
            await Problems.AssertAsync(response, 404, "image-not-shown");
        }
    }

    [Fact]
    public async Task Feed_RecordOfTheReviewTopic_OpensACaseOnce()
    {
        await using var app = new ReviewApp(redis);
        using var client = app.Gateway.CreateClient();
        var scored = Samples.Scored("fed", app.Gateway.Clock.GetUtcNow(), Verdict.Review) with { Gate = "feed" };

        app.Gateway.Feed.Write(app.Gateway.Feed.Record(scored));
        app.Gateway.Feed.Write(app.Gateway.Feed.Record(scored));
        await Eventually.HoldsAsync(async () => Ids(await app.GetAsync("aud", "/v1/review/feed/cases")).Count == 1, "the case is open");

        var its = await app.GetAsync("aud", $"/v1/review/feed/cases/{CaseMachine.IdOf("feed", "fed")}");
        Assert.Equal(1, its.GetProperty("version").GetInt64());
    }

    private static async Task<List<ReviewDecided>> DecisionsAsync(ReviewApp app, string gate)
    {
        var pump = (OutboxPump)app.Gateway.Services.GetService(typeof(OutboxPump))!;
        while (await pump.PumpAsync(Stop)) { }
        return [.. app.Gateway.Producer.Written.Where(r => r.Topic == Topics.Decisions)
            .Select(r => JsonSerializer.Deserialize(r.Value!, WireJson.Default.ReviewDecided)!)
            .Where(d => d.Gate == gate).DistinctBy(d => (d.CaseId, d.Revision))];
    }

    private static List<string> Ids(JsonElement answer) =>
        [.. answer.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("caseId").GetString()!)];

    private static long Token(JsonElement claimed) => claimed.GetProperty("cases")[0].GetProperty("token").GetInt64();
}
