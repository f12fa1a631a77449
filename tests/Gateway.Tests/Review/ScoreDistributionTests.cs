using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MoodStream.Contracts;
using MoodStream.Gateway.Review.Scores;
using MoodStream.GatewayTests.Fakes;
using MoodStream.Streaming.Statistics;
using MoodStream.TestKit.Embedded;

namespace MoodStream.GatewayTests.Review;

public sealed class ScoreDistributionTests(EmbeddedRedisFixture redis) : IClassFixture<EmbeddedRedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Of_ScoresAtEdges_CountsEachOnce()
    {
        // 48 bins of width 1 over 0 to 48: 0.5 is in the first, 1 opens the second, the largest is in the last.
        var its = ScoreDistribution.Of("parts", 7, new([0, 0.5, 1, 47.5, 48], 40));

        Assert.Equal((0.0, 48.0, 5, 40.0, 7L), (its.Low, its.High, its.Count, its.Threshold, its.Version));
        Assert.Equal([2, 1, .. Enumerable.Repeat(0, 45), 2], its.Counts);
    }

    [Fact]
    public void Of_EqualScores_IsOneBin() => Assert.Equal([3], ScoreDistribution.Of("parts", 1, new([5, 5, 5], 6)).Counts);

    [Fact]
    public void Read_File_GivesTheScoresBehindOtherTensors()
    {
        var read = CalibrationScores.Read(StatisticsFile.Of(2.5, 1, 2, 3));

        Assert.Equal([1, 2, 3], read.Scores);
        Assert.Equal(2.5, read.Threshold);
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{}")]
    [InlineData("""{"calibration.scores":{"dtype":"F32","shape":[3],"data_offsets":[16,40]},"__metadata__":{"threshold":"1"}}""")]
    [InlineData("""{"calibration.scores":{"dtype":"F64","shape":[4],"data_offsets":[16,48]},"__metadata__":{"threshold":"1"}}""")]
    [InlineData("""{"calibration.scores":{"dtype":"F64","shape":[3],"data_offsets":[-8,16]},"__metadata__":{"threshold":"1"}}""")]
    [InlineData("""{"calibration.scores":{"dtype":"F64","shape":[3],"data_offsets":[16,40]},"__metadata__":{"threshold":"high"}}""")]
    [InlineData("""{"calibration.scores":[],"__metadata__":{"threshold":"1"}}""")]
    [InlineData("""{"calibration.scores":{"dtype":"F64","shape":[9223372036854775807],"data_offsets":[16,40]},"__metadata__":{"threshold":"1"}}""")]
    public void Read_DamagedFile_SaysSo(string header) =>
        Assert.Throws<InvalidDataException>(() => CalibrationScores.Read(StatisticsFile.Of(header, 1, 2, 3)));

    [Fact]
    public void Read_CutOrUnsortedFile_SaysSo()
    {
        Assert.Throws<InvalidDataException>(() => CalibrationScores.Read(new byte[7]));
        Assert.Throws<InvalidDataException>(() => CalibrationScores.Read(StatisticsFile.Of(1, 1, 2).AsMemory(0, 20)));
        Assert.Throws<InvalidDataException>(() => CalibrationScores.Read(StatisticsFile.Of(1, 2, 1)));
        Assert.Throws<InvalidDataException>(() => CalibrationScores.Read(StatisticsFile.Of(1, 1, double.NaN, 2)));
    }

    [Fact]
    public async Task Get_ActiveOrNamedVersion_GivesItWithItsTag()
    {
        await using var app = new ReviewApp(redis);
        await PublishAsync(app, "spread", 30, 10, 20, 40);
        await PublishAsync(app, "spread", 3, 1, 2, 5);

        var active = await app.GetAsync("aud", "/v1/review/spread/score-distribution");
        using var first = await app.SendAsync("aud", HttpMethod.Get, "/v1/review/spread/score-distribution?version=1");

        Assert.Equal((2, 3, 3.0), (active.GetProperty("version").GetInt64(), active.GetProperty("count").GetInt32(), active.GetProperty("threshold").GetDouble()));
        Assert.Equal("\"1\"", first.Headers.ETag!.Tag);
        Assert.Contains("immutable", first.Headers.CacheControl!.ToString());
        var named = JsonDocument.Parse(await first.Content.ReadAsStringAsync(Stop)).RootElement;
        Assert.Equal((10.0, 40.0), (named.GetProperty("low").GetDouble(), named.GetProperty("high").GetDouble()));
    }

    [Fact]
    public async Task Get_WithTheTagOfTheVersion_IsNotSentAgain()
    {
        await using var app = new ReviewApp(redis);
        await PublishAsync(app, "tagged", 3, 1, 2, 5);
        using var client = app.Gateway.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/review/tagged/score-distribution");
        request.Headers.Authorization = new("Bearer", "key of aud");
        request.Headers.IfNoneMatch.Add(new("\"1\""));

        using var response = await client.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
    }

    [Theory]
    [InlineData("/v1/review/none/score-distribution", 404, "no-score-distribution")]
    [InlineData("/v1/review/none/score-distribution?version=9", 404, "no-score-distribution")]
    [InlineData("/v1/review/none/score-distribution?version=0", 400, "invalid-query")]
    public async Task Get_WhereThereIsNone_SaysWhy(string path, int status, string problem)
    {
        await using var app = new ReviewApp(redis);

        using var response = await app.SendAsync("aud", HttpMethod.Get, path);

        await Problems.AssertAsync(response, status, problem);
    }

    private static async Task PublishAsync(ReviewApp app, string gate, double threshold, params double[] scores)
    {
        var store = app.Gateway.Services.GetRequiredService<IStatisticsStore>();
        var version = await store.PublishAsync(gate, StatisticsFile.Of(threshold, scores), new StatisticsVersion
        {
            Gate = gate, ModelHash = "00112233445566aa", PreprocessingHash = "ffeeddccbbaa9988", Detector = "mahalanobis++", Count = 9,
            EffectiveCount = 9, ClassCount = 1, FeatureDimension = 2, TargetFalseAlarmRate = 0.05, Threshold = threshold,
            CalibrationCount = scores.Length, Reason = "for a test", Author = "the test", CreatedAt = app.Gateway.Clock.GetUtcNow(),
        }, Stop);
        await store.ActivateAsync(gate, version, "the test", Stop);
    }
}
