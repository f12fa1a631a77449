using System.Net;
using MoodStream.Contracts;
using MoodStream.Gateway.Live;
using MoodStream.Gateway.Review.Features;
using MoodStream.Gateway.Review.Likeness;
using MoodStream.Gateway.Settings;
using MoodStream.GatewayTests.Fakes;
using MoodStream.TestKit;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests.Review.Likeness;

public sealed class AcceptedImagesTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>
{
    private static readonly FeatureSpace Space = new("00112233445566aa", "ffeeddccbbaa9988", 2);
    private static readonly DateTimeOffset Noon = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Of_Feature_IsScaledToLengthOne() => Assert.Equal([0.6f, 0.8f], UnitFeature.Of(Features.Of(3, 4))!, (a, b) => Math.Abs(a - b) < 1e-6);

    [Fact]
    public void Of_WhatCannotBeCompared_IsNothing()
    {
        Assert.Null(UnitFeature.Of([]));
        Assert.Null(UnitFeature.Of([1, 2, 3]));
        Assert.Null(UnitFeature.Of(Features.Of(0, 0)));
        Assert.Null(UnitFeature.Of(Features.Of(1, double.NaN)));
        Assert.Null(UnitFeature.Of(Features.Of(1, double.PositiveInfinity)));
        Assert.Null(UnitFeature.Of(Features.Of(Enumerable.Repeat(1.0, UnitFeature.MostValues + 1).ToArray())));
    }

    [Fact]
    public void Cosine_OfHandMadeFeatures_IsThatOfTheirAngle()
    {
        double Between(byte[] one, byte[] other) => UnitFeature.Cosine(UnitFeature.Of(one)!, UnitFeature.Of(other)!);

        Assert.Equal(1, Between(Features.Of(1, 1), Features.Of(5, 5)), 1e-6);
        Assert.Equal(Math.Sqrt(0.5), Between(Features.Of(1, 0), Features.Of(1, 1)), 1e-6);
        Assert.Equal(-1, Between(Features.Of(2, 0), Features.Of(-1, 0)), 1e-6);
    }

    [Fact]
    public void Add_MoreThanAreKept_ForgetsTheOldest()
    {
        var images = new AcceptedImages(new ReviewSettings { AcceptedImages = 2 });
        foreach (var id in new[] { "a", "b", "b", "c" }) images.Add(Accepted(id));

        Assert.Equal(["b", "c"], images.Of("parts", Space, "").Select(i => i.ImageId));
        Assert.Null(images.Find("parts", "a"));
    }

    [Fact]
    public void Add_OfMoreGatesThanAreKept_ForgetsTheGateThatWasSilentForLongest()
    {
        var images = new AcceptedImages(new ReviewSettings());
        for (var gate = 0; gate < AcceptedImages.MostGates; gate++) images.Add(Accepted("a") with { Gate = $"gate-{gate}" });
        images.Add(Accepted("b") with { Gate = "gate-0" });

        images.Add(Accepted("a") with { Gate = "one more" });

        Assert.NotNull(images.Find("gate-0", "a"));
        Assert.Null(images.Find("gate-1", "a"));
        Assert.NotNull(images.Find("one more", "a"));
    }

    [Fact]
    public void Of_OtherBackboneOrTheCaseItself_IsLeftOut()
    {
        var images = new AcceptedImages(new ReviewSettings());
        images.Add(Accepted("a"));
        images.Add(Accepted("own"));
        images.Add(Accepted("other") with { ModelHash = "another" });
        images.Add(Accepted("refused") with { Verdict = LiveVerdict.Review });

        Assert.Equal(["a"], images.Of("parts", Space, butFor: "own").Select(i => i.ImageId));
    }

    [Fact]
    public void Add_WhereNoneAreToBeKept_KeepsNone()
    {
        var images = new AcceptedImages(new ReviewSettings { AcceptedImages = 0 });
        images.Add(Accepted("a"));

        Assert.Null(images.Find("parts", "a"));
    }

    [Fact]
    public async Task Nearest_OfAcceptedImages_AreTheMostAlikeWithTheirBytes()
    {
        await using var app = new ReviewApp(redis, ("MoodStream:Audit:Share", "0"));
        using var client = app.Gateway.CreateClient();
        var reference = await app.Gateway.Store.PutAsync(Samples.Jpeg, Stop);
        foreach (var (id, feature) in new[] { ("far", Features.Of(0, 1)), ("near/1", Features.Of(1, 0.1)), ("middle", Features.Of(1, 1)) })
            app.Gateway.Feed.Write(app.Gateway.Feed.Record(Scored(id, feature) with { DataReference = reference }));
        app.Gateway.Feed.Write(app.Gateway.Feed.Record(Scored("case", Features.Of(1, 0)) with { Verdict = Verdict.Review }));
        var path = $"/v1/review/alike/cases/{Gateway.Review.Cases.CaseMachine.IdOf("alike", "case")}/nearest?count=2";
        await Eventually.HoldsAsync(
            async () => (await app.SendAsync("aud", HttpMethod.Get, path)) is { StatusCode: HttpStatusCode.OK } answer
                && (await answer.Content.ReadAsStringAsync(Stop)).Contains("\"considered\":3", StringComparison.Ordinal),
            "three accepted images and the case have come");

        var nearest = await app.GetAsync("aud", path);

        var images = nearest.GetProperty("images").EnumerateArray().ToList();
        Assert.Equal(["near/1", "middle"], images.Select(i => i.GetProperty("imageId").GetString()));
        Assert.Equal(Math.Round(1 / Math.Sqrt(1.01), 4), images[0].GetProperty("similarity").GetDouble(), 1e-3);
        using var bytes = await app.SendAsync("aud", HttpMethod.Get, images[0].GetProperty("image").GetString()!);
        Assert.Equal(Samples.Jpeg, await bytes.Content.ReadAsByteArrayAsync(Stop));
        Assert.Contains("immutable", bytes.Headers.CacheControl!.ToString());
        using var none = await app.SendAsync("aud", HttpMethod.Get, "/v1/review/alike/accepted/case");
        await Problems.AssertAsync(none, 404, "image-not-shown");
    }

    [Fact]
    public async Task Nearest_OfACaseThatWasAccepted_DoesNotTellThatItWas()
    {
        await using var app = new ReviewApp(redis, ("MoodStream:Audit:Share", "1"));
        using var client = app.Gateway.CreateClient();
        foreach (var id in new[] { "one", "two" })
            app.Gateway.Feed.Write(app.Gateway.Feed.Record(Scored(id, Features.Of(1, 1)) with { Gate = "audited", DataReference = "x" }));
        var path = $"/v1/review/audited/cases/{Gateway.Review.Cases.CaseMachine.IdOf("audited", "one")}/nearest";
        await Eventually.HoldsAsync(
            async () => (await app.SendAsync("aud", HttpMethod.Get, path)) is { StatusCode: HttpStatusCode.OK } answer
                && (await answer.Content.ReadAsStringAsync(Stop)).Contains("two", StringComparison.Ordinal),
            "both have come");

        Assert.DoesNotContain("\"imageId\":\"one\"", (await app.GetAsync("aud", path)).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nearest_WhereNothingWasAcceptedYet_SaysThatNoneWasConsidered()
    {
        await using var app = new ReviewApp(redis);
        var id = await app.OpenAsync("new", "image");

        Assert.Equal(0, (await app.GetAsync("aud", $"/v1/review/new/cases/{id}/nearest")).GetProperty("considered").GetInt32());
        using var refused = await app.SendAsync("aud", HttpMethod.Get, $"/v1/review/new/cases/{id}/nearest?count=25");
        await Problems.AssertAsync(refused, 400, "invalid-query");
    }

    private static ImageScored Scored(string imageId, byte[] feature) =>
        Samples.Scored(imageId, Noon) with { Gate = "alike", Feature = feature };

    private static LiveResult Accepted(string imageId) => new()
    {
        ImageId = imageId, Source = "belt-1", Verdict = LiveVerdict.Accept, Gate = "parts", ReceivedAt = Noon, EndedAt = Noon,
        ModelHash = Space.ModelHash, PreprocessingHash = Space.PreprocessingHash, Feature = Features.Of(3, 4), Image = "/v1/images/a", DataReference = "ref",
    };
}
