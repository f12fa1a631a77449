using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MoodStream.Contracts;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Localisation;
using MoodStream.Scorer;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Routing;
using MoodStream.Scorer.Scoring;
using MoodStream.Scorer.Telemetry;
using MoodStream.ScorerTests.Fakes;
using MoodStream.Streaming.DeadLetters;
using MoodStream.Streaming.Records;
using MoodStream.Streaming.Telemetry;
using Prometheus;

namespace MoodStream.ScorerTests.Routing;

public sealed class VerdictRouterTests : IDisposable
{
    private readonly Backbones _backbones;
    private readonly GateStatistics _statistics;
    private readonly FakeProducer _producer = new();
    private readonly FakeImageStore _store = new();
    private readonly FakeTimeProvider _clock = new(Records.At.AddSeconds(2));
    private readonly VerdictRouter _router;

    public VerdictRouterTests(Backbones backbones)
    {
        _backbones = backbones;
        _statistics = backbones.ReadStatistics();
        var registry = Metrics.NewCustomRegistry();
        var letters = new DeadLetterWriter(_producer, _store, new StreamingMetrics(registry), _clock, NullLogger<DeadLetterWriter>.Instance, "scorer@test");
        _router = new(_producer, letters, _store, new ScorerMetrics(registry), _clock);
    }

    public static TheoryData<float, double> NotFinite => new() { { float.NaN, 1 }, { float.NegativeInfinity, 1 }, { 1, double.NaN }, { 1, double.PositiveInfinity } };

    public void Dispose() => _statistics.Dispose();

    [Fact]
    public async Task Route_Accepted_GoesToAcceptedWithItsKeyAndAllThatTheVerdictNames()
    {
        var judgement = _backbones.Judge(_backbones.Accepted);
        var feature = _backbones.Feature(_backbones.Accepted);
        await RouteAsync(Scored(_backbones.Accepted, feature, judgement));

        var output = Assert.Single(_producer.Written);
        Assert.Equal(Topics.Accepted, output.Topic);
        Assert.Equal("belt-1"u8.ToArray(), output.Key);
        var json = JsonDocument.Parse(output.Value).RootElement;
        Assert.Equal("image-9", json.GetProperty("imageId").GetString());
        Assert.Equal("belt-1", json.GetProperty("source").GetString());
        Assert.Equal("parts", json.GetProperty("gate").GetString());
        Assert.Equal("accept", json.GetProperty("verdict").GetString());
        Assert.Equal(judgement.Score, json.GetProperty("score").GetDouble());
        Assert.Equal(judgement.PValue, json.GetProperty("pValue").GetDouble());
        Assert.Equal(_statistics.Threshold, json.GetProperty("threshold").GetDouble());
        Assert.Equal(0.1, json.GetProperty("promisedFalseAlarmRate").GetDouble());
        Assert.Equal(7, json.GetProperty("statisticsVersion").GetInt64());
        Assert.Equal(_backbones.Backbone.ModelHash, json.GetProperty("modelHash").GetString());
        Assert.Equal(_backbones.Backbone.Recipe.Hash, json.GetProperty("preprocessingHash").GetString());
        Assert.Equal("moodstream.images.v1-2-4", json.GetProperty("position").GetString());
        Assert.False(json.TryGetProperty("unscored", out _));
        Assert.False(json.TryGetProperty("dataReference", out _));
        Assert.Equal(0, _store.Count);
    }

    [Fact]
    public async Task Route_AnyImage_CarriesCloudEventsHeaders()
    {
        await RouteAsync(Scored(_backbones.Accepted, new float[Backbones.Width], new(1, 0.5, Accepted: true, null)));
        var output = Assert.Single(_producer.Written);
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["ce_specversion"] = "1.0",
                ["ce_id"] = "image-9",
                ["ce_source"] = "belt-1",
                ["ce_type"] = EventTypes.ImageScored,
                ["ce_time"] = "2026-03-04T05:06:09.0000000Z",
                ["content-type"] = "application/json",
                ["traceparent"] = "00-11-22-01",
            },
            output.Headers.ToDictionary(h => h.Key, h => output.Text(h.Key)));
    }

    [Fact]
    public async Task Route_ImageWithASubject_RepeatsItInValueAndHeader()
    {
        var scored = Scored(_backbones.Accepted, new float[Backbones.Width], new(1, 0.5, Accepted: true, null));
        await RouteAsync(scored with { Image = scored.Image with { Subject = "study-17" } });

        var output = Assert.Single(_producer.Written);
        Assert.Equal("study-17", output.Scored().Subject);
        Assert.Equal("study-17", output.Text(RecordHeaders.Subject));
    }

    [Fact]
    public async Task Route_Feature_IsFloat16OfTheBackbonesLength()
    {
        var feature = _backbones.Feature(_backbones.Accepted);
        await RouteAsync(Scored(_backbones.Accepted, feature, new(1, 0.5, Accepted: true, null)));
        var half = Records.Halves(Assert.Single(_producer.Written).Scored().Feature);
        Assert.Equal(Backbones.Width, half.Length);
        Assert.Equal(feature.Select(v => (Half)v), half);
    }

    [Fact]
    public async Task Route_Reviewed_GoesToReviewAndItsInlineBytesAreKept()
    {
        await RouteAsync(Scored(_backbones.Reviewed, new float[Backbones.Width], new(9, 0.01, Accepted: false, 3)));
        var output = Assert.Single(_producer.Written);
        Assert.Equal(Topics.Review, output.Topic);
        Assert.Equal("belt-1"u8.ToArray(), output.Key);
        Assert.Equal(Verdict.Review, output.Scored().Verdict);
        Assert.Equal(3, output.Scored().NearestClass);
        Assert.Equal(_backbones.Reviewed, _store[output.Scored().DataReference!]);
        Assert.Equal(output.Scored().DataReference, output.Text(RecordHeaders.DataReference));
    }

    [Fact]
    public async Task Route_ReviewedByClaimCheck_ReferenceIsPassedOnAndNothingStored()
    {
        await RouteAsync(Scored(_backbones.Reviewed, new float[Backbones.Width], new(9, 0.01, Accepted: false, null), reference: "aa/bb"));
        Assert.Equal("aa/bb", Assert.Single(_producer.Written).Scored().DataReference);
        Assert.Equal(0, _store.Count);
    }

    [Fact]
    public async Task Route_ReviewedWithPatches_KeepsAHeatMapOfTheImagesShape()
    {
        var patches = new PatchDistances(new HeatMap(new PatchGrid(1, 2), [10, 30]), new HeatMapScale(10, 30));
        await RouteAsync(Scored(_backbones.Reviewed, new float[Backbones.Width], new(9, 0.01, Accepted: false, null)) with { Patches = patches });

        var output = Assert.Single(_producer.Written).Scored();
        var map = ImageDecoder.Decode(_store[output.HeatMapReference!], DecodeSettings.Default).Image!;
        Assert.Equal((16, 8), (map.Width, map.Height));
        Assert.NotEqual(output.DataReference, output.HeatMapReference);
    }

    [Fact]
    public async Task Route_WithoutPatches_NamesNoHeatMap()
    {
        await RouteAsync(Scored(_backbones.Reviewed, new float[Backbones.Width], new(9, 0.01, Accepted: false, null)));

        Assert.Null(Assert.Single(_producer.Written).Scored().HeatMapReference);
        Assert.Equal(1, _store.Count);
    }

    [Fact]
    public async Task Route_WithoutStatistics_GoesToReviewAndSaysWhy()
    {
        var scored = Scored(_backbones.Accepted, new float[Backbones.Width], null) with { State = new(5, null, "it has none") };
        await RouteAsync(scored);
        var output = Assert.Single(_producer.WrittenTo(Topics.Review)).Scored();
        Assert.Equal(("it has none", 0L, null, null, null), (output.Unscored, output.StatisticsVersion, output.Score, output.PValue, output.Threshold));
    }

    [Theory, MemberData(nameof(NotFinite))]
    public async Task Route_NumbersThatAreNotFinite_BecomeADeadLetterAndNothingIsKept(float feature, double score)
    {
        var values = new float[Backbones.Width];
        values[3] = feature;
        await RouteAsync(Scored(_backbones.Reviewed, values, new(score, 0.5, Accepted: false, null)));
        var letter = Assert.Single(_producer.Written);
        Assert.Equal(Topics.DeadLetters, letter.Topic);
        Assert.Equal("not-finite", letter.Text(RecordHeaders.DeadLetterReason));
        Assert.Equal(_backbones.Reviewed, letter.Value);
        Assert.Equal(0, _store.Count);
    }

    [Fact]
    public async Task Route_NotAcknowledged_Throws()
    {
        _producer.Failure = _ => new RecordNotWrittenException("no");
        await Assert.ThrowsAsync<RecordNotWrittenException>(() => RouteAsync(Scored(_backbones.Accepted, new float[Backbones.Width], new(1, 0.5, true, null))));
    }

    private async Task RouteAsync(ScoredImage scored)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await _router.RouteAsync(scored, await _router.KeepAsync(scored, cancellation), cancellation);
    }

    private ScoredImage Scored(byte[] bytes, float[] feature, GateJudgement? judgement, string? reference = null)
    {
        var gate = new Gate("parts", new GateSettings(), _backbones.Backbone, _clock);
        var record = Records.Input(4, bytes, "belt-1", partition: 2, (RecordHeaders.TraceParent, "00-11-22-01"));
        return ScoredImage.Of(new(record, "image-9", "belt-1", gate, [], reference) { Size = (16, 8) }, feature, new(7, _statistics, null), judgement);
    }
}
