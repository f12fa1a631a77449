using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Cases;
using MoodStream.Gateway.Review.Features;
using MoodStream.GatewayTests.Fakes;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests.Review.Likeness;

public sealed class SimilarCasesTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Sketch_OfTheSameFeature_IsTheSameForEver()
    {
        // A golden: sketches stay in Redis, so that another matrix would make old cases like no new one.
        var sketch = FeatureSketch.Of(Scored("a", Features.Of(1, 0, 0)))!;

        Assert.Equal(FeatureSketch.Bytes, sketch.Length);
        Assert.All(Values(sketch), value => Assert.Equal(0.125f, Math.Abs(value)));
        Assert.Equal("55C1E48122983C44", Convert.ToHexString(Values(sketch).Chunk(8).Select(c => (byte)c.Select((v, i) => v > 0 ? 1 << i : 0).Sum()).ToArray()));
    }

    [Fact]
    public void Sketches_OfRandomFeatures_KeepDistancesToWithinATenth()
    {
        // The standard deviation of the relative error of a squared distance is √(2/64); of the distance, half of it: 0.088.
        var features = Enumerable.Range(0, 40).Select(i => Features.Near(i, 0, 0)).ToList();
        var ratios = new List<double>();
        for (var i = 0; i < features.Count; i++)
            for (var j = i + 1; j < features.Count; j++)
                ratios.Add(FeatureSketch.Distance(FeatureSketch.Of(Scored("a", features[i])), FeatureSketch.Of(Scored("b", features[j])))
                    / Math.Sqrt(2 - 2 * UnitFeature.Cosine(UnitFeature.Of(features[i])!, UnitFeature.Of(features[j])!)));

        Assert.InRange(ratios.Average(), 0.95, 1.05);
        Assert.InRange(Math.Sqrt(ratios.Average(r => (r - 1) * (r - 1))), 0.05, 0.13);
    }

    [Fact]
    public void Distance_OfOtherBackbonesOrLengths_IsEndless()
    {
        var one = FeatureSketch.Of(Scored("a", Features.Of(1, 0)))!;

        Assert.Equal(double.PositiveInfinity, FeatureSketch.Distance(one, FeatureSketch.Of(Scored("a", Features.Of(1, 0)) with { ModelHash = "another" })));
        Assert.Equal(double.PositiveInfinity, FeatureSketch.Distance(one, FeatureSketch.Of(Scored("a", Features.Of(1, 0, 0)))));
        Assert.Equal(double.PositiveInfinity, FeatureSketch.Distance(one, new byte[3]));
        Assert.Null(FeatureSketch.Of(Scored("a", [])));
        Assert.Equal(0, FeatureSketch.Distance(one, FeatureSketch.Of(Scored("b", Features.Of(7, 0)))));
    }

    [Fact]
    public void Groups_OfThreeKinds_AreThoseKindsInTheOrderOfTheirFirst()
    {
        byte[]?[] sketches = [.. new[] { 1, 2, 1, 3, 2, 1 }.Select((kind, i) => FeatureSketch.Of(Scored("a", Features.Near(kind, i, 0.05)))), null];

        var groups = LikeCases.Groups(sketches, LikeCases.Within * LikeCases.MedianDistance(sketches));

        Assert.Equal([[0, 2, 5], [1, 4], [3], [6]], groups.Select(g => g.Places));
        Assert.All(groups, g => Assert.InRange(g.Spread, 0, 0.3));
    }

    [Fact]
    public void Groups_OfAChain_AreLedByTheirFirst()
    {
        // 0, 10, 20, 30 and 40 degrees: each is near to the next, and the last is not near to the first.
        var chain = Enumerable.Range(0, 5).Select(i => FeatureSketch.Of(Scored("a", Turned(10 * i)))).ToList();

        var groups = LikeCases.Groups(chain, FeatureSketch.Distance(chain[0], chain[2]) * 1.001);

        Assert.Equal([0, 1, 2], groups[0].Places);
    }

    [Fact]
    public void Median_OfOneOrNone_IsZero() => Assert.Equal((0, 0), (LikeCases.MedianDistance([]), LikeCases.MedianDistance([FeatureSketch.Of(Scored("a", Features.Of(1, 0)))])));

    [Fact]
    public async Task List_Grouped_PutsNearDuplicatesTogether()
    {
        await using var app = new ReviewApp(redis);
        var ids = await OpenAsync(app, "groups", (1, 900), (2, 800), (1, 700), (3, 600), (2, 500));

        var answer = await app.GetAsync("aud", "/v1/review/groups/groups?sort=score");

        Assert.Equal([[ids[0], ids[2]], [ids[1], ids[4]], [ids[3]]],
            answer.GetProperty("groups").EnumerateArray().Select(g => g.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("caseId").GetString()!).ToArray()));
    }

    [Fact]
    public async Task Similar_WaitingCases_AreThoseThatTheCallerMayDecide()
    {
        await using var app = new ReviewApp(redis, ("MoodStream:Review:Gates:like:Order", "Score"));
        var ids = await OpenAsync(app, "like", (1, 900), (1, 800), (1, 700), (2, 600), (3, 500), (4, 400));
        await app.PostAsync("ben", "/v1/review/like/claims");                    // the first is with somebody else
        await app.PostAsync("ann", $"/v1/review/like/cases/{ids[1]}/claim");

        var anns = await app.GetAsync("ann", $"/v1/review/like/cases/{ids[2]}/similar");
        var bens = await app.GetAsync("ben", $"/v1/review/like/cases/{ids[2]}/similar");

        Assert.Equal(5, anns.GetProperty("considered").GetInt32());
        Assert.Equal([ids[1]], Ids(anns));
        Assert.Equal([ids[0]], Ids(bens));
        Assert.InRange(anns.GetProperty("cases")[0].GetProperty("distance").GetDouble(), 0, LikeCases.Within);
        using var refused = await app.SendAsync("ann", HttpMethod.Get, $"/v1/review/like/cases/{ids[2]}/similar?within=2");
        await Problems.AssertAsync(refused, 400, "invalid-query");
    }

    [Fact]
    public async Task Undo_OfABulkDecision_PutsTheCasesBack()
    {
        await using var app = new ReviewApp(redis);
        var ids = await OpenAsync(app, "back", (1, 900), (1, 800), (2, 700));
        await app.PostAsync("ann", "/v1/review/back/decisions", new { caseIds = ids.Take(2), verdict = "out-of-distribution" });

        var undone = await app.PostAsync("ann", "/v1/review/back/decisions/undo", new { caseIds = ids });

        Assert.Equal(["open", "open", "nothing-to-undo"], undone.GetProperty("outcomes").EnumerateArray()
            .Select(o => (o.TryGetProperty("state", out var state) ? state : o.GetProperty("problem")).GetString()));
        Assert.Equal(3, (await app.GetAsync("aud", "/v1/review/back/cases")).GetProperty("cases").GetArrayLength());
    }

    [Fact]
    public async Task Case_ThatWasDecided_KeepsItsSketch()
    {
        await using var app = new ReviewApp(redis);
        var ids = await OpenAsync(app, "kept-sketch", (1, 900));
        await app.PostAsync("ann", "/v1/review/kept-sketch/decisions", new { caseIds = ids, verdict = "unusable" });

        var sketches = await app.Gateway.Services.GetRequiredService<CaseStore>().ReadSketchesAsync("kept-sketch", [ids[0], "unknown"], Stop);

        Assert.Equal(FeatureSketch.Of(Scored("image-0", Features.Near(1, 0, 0.05))), sketches[0]);
        Assert.Null(sketches[1]);
    }

    private static async Task<List<string>> OpenAsync(ReviewApp app, string gate, params (int Kind, double Score)[] cases)
    {
        var ids = new List<string>();
        foreach (var (kind, score) in cases)
        {
            var scored = Scored($"image-{ids.Count}", Features.Near(kind, ids.Count, 0.05)) with { Gate = gate, Score = score };
            Assert.True(await app.Desk.OpenAsync(scored, "moodstream.review.v1-0-0", false, Stop));
            ids.Add(CaseMachine.IdOf(gate, scored.ImageId));
        }
        return ids;
    }

    private static byte[] Turned(double degrees) => Features.Of(Math.Cos(degrees * Math.PI / 180), Math.Sin(degrees * Math.PI / 180));

    private static float[] Values(byte[] sketch) => [.. Enumerable.Range(0, FeatureSketch.Values).Select(i => BitConverter.ToSingle(sketch, 8 + 4 * i))];

    private static List<string> Ids(JsonElement answer) =>
        [.. answer.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("case").GetProperty("caseId").GetString()!)];

    private static ImageScored Scored(string imageId, byte[] feature) => Samples.Scored(imageId, Noon, Verdict.Review) with { Feature = feature };
}
