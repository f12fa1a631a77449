using Microsoft.Extensions.Time.Testing;
using MoodStream.Cli.Demo;
using MoodStream.Contracts;
using MoodStream.Mood.Detectors;
using static TorchSharp.torch;

namespace MoodStream.CliTests.Demo;

public sealed class DemoSummaryTests : IDisposable
{
    private readonly DemoTally _tally = new(new FakeTimeProvider());
    private readonly PublishedGate _gate;

    public DemoSummaryTests()
    {
        using var pixels = rand(400, PixelFeatures.Count);
        _gate = new(Version: 3, ModelHash: "m", PromisedFalseAlarmRate: 0.1, CalibrationImages: 99, DetectorRegistry.Pixels.Fit(pixels));
    }

    [Fact]
    public void Of_KnownStream_HasTheFiguresByHand()
    {
        for (var i = 0; i < 10; i++) Add($"id {i}", null, score: i, review: i >= 8);
        Add("o 1", "scratch", score: 20, review: true);
        Add("o 2", "scratch", score: 5.5, review: false);
        Add("o 3", "blur", score: 30, review: true);

        var result = Summary();

        Assert.Equal((13, 9, 4, 0, 0, 0), (result.ImagesIn, result.Accepted, result.Review, result.DeadLetter, result.Lost, result.Duplicates));
        Assert.Equal(0.2, result.FalseAlarmRate);
        Assert.True(result.FalseAlarmRateLow < 0.2 && 0.2 < result.FalseAlarmRateHigh);
        Assert.Equal(2.0 / 3, result.DetectionRate!.Value, 12);
        Assert.Equal([("blur", 1.0), ("scratch", 0.5)], result.DetectionByKind.Select(k => (k.Kind, k.DetectionRate)));
        Assert.Equal((10 + 6 + 10) / 30.0, result.Auroc!.Value, 12);
    }

    [Fact]
    public void Of_RepeatedImage_CountsOnceInTheRates()
    {
        Add("same", null, score: 1, review: false);
        for (var i = 0; i < 5; i++) Add("other", null, score: 9, review: true);
        var result = Summary();
        Assert.Equal((6, 2, 1), (result.ImagesIn, result.DistinctIdImages, result.FalseAlarms));
    }

    [Fact]
    public void Of_NothingCameBack_IsLostAndHasNoRates()
    {
        _tally.Sent("a", new([], null, "a"), null);
        var result = Summary();
        Assert.Equal(1, result.Lost);
        Assert.Null(result.FalseAlarmRate);
        Assert.Null(result.LatencyMsP50);
        Assert.Null(result.Auroc);
    }

    public void Dispose() => _gate.Dispose();

    private DemoResult Summary() => DemoSummary.Of("a test", _tally, _gate, TimeSpan.FromSeconds(10));

    private void Add(string identity, string? truth, double score, bool review)
    {
        var id = $"{_tally.In}";
        _tally.Sent(id, new([], truth, identity), new float[PixelFeatures.Count]);
        _tally.End(id, review ? Topics.Review : Topics.Accepted, new ImageScored
        {
            ImageId = id, Source = "s", Gate = "g", Verdict = review ? Verdict.Review : Verdict.Accept, Score = score, PValue = 0.5, Threshold = 7,
            Detector = "d", StatisticsVersion = 3, ModelHash = "m", PreprocessingHash = "p", Feature = [], Position = "t-0-0",
            ReceivedAt = default, ScoredAt = default,
        });
    }
}
