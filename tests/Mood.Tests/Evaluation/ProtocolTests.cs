using MoodStream.Mood.Detectors;
using MoodStream.Mood.Evaluation;
using MoodStream.Mood.Metrics;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Evaluation;

/// <summary>The protocols, against what they are defined to be.</summary>
public sealed class ProtocolTests : IDisposable
{
    private const int Classes = 3;

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void MultiClass_EveryPair_IsFitScoreAndMeasure()
    {
        using EvaluationSet train = Set("train", 1, 0), test = Set("test", 2, 0), near = Set("near", 3, 1), far = Set("far", 4, 9);
        Detector[] detectors = [DetectorRegistry.Mahalanobis, DetectorRegistry.Pixels];
        var rows = MultiClassProtocol.Run(train, test, [near, far], detectors, null, Token);
        Assert.Equal(
            ["near mahalanobis", "near pixels", "far mahalanobis", "far pixels"], rows.Select(r => $"{r.Ood} {r.Detector}"));
        using var fitted = DetectorRegistry.Mahalanobis.Fit(train.Inputs(DetectorInput.Features), train.Labels);
        var direct = DetectionMetrics.Of(
            fitted.Score(test.Inputs(DetectorInput.Features)).Scores, fitted.Score(near.Inputs(DetectorInput.Features)).Scores);
        Assert.Equal(direct, rows[0].Metrics);
        Assert.True(rows[2].Metrics.Auroc > rows[0].Metrics.Auroc);
        Assert.Equal((90, 90), (rows[0].Metrics.IdCount, rows[0].Metrics.OodCount));
    }

    [Fact]
    public void MultiClass_PixelDetectorAlone_NeverMakesFeatures()
    {
        EvaluationSet PixelsOnly(string name, int seed) =>
            new(name, () => throw new InvalidOperationException("features were made"), () => Draws.Rows(seed, 60, 4));
        using EvaluationSet train = PixelsOnly("train", 1), test = PixelsOnly("test", 1), ood = PixelsOnly("ood", 2);
        Assert.Single(MultiClassProtocol.Run(train, test, [ood], [DetectorRegistry.Pixels], null, Token));
    }

    [Fact]
    public void OneClass_EveryClass_IsTheMeanOverTheOthersThenOverTheClasses()
    {
        using EvaluationSet train = Set("train", 1, 0), test = Set("test", 2, 0);
        var result = OneClassProtocol.Run(train, test, [DetectorRegistry.Mahalanobis, DetectorRegistry.Pixels], null, Token);
        Assert.Equal(Classes * 2, result.Rows.Count);
        Tensor inputs = train.Inputs(DetectorInput.Features), tests = test.Inputs(DetectorInput.Features);
        using var fitted = DetectorRegistry.Mahalanobis.Fit(inputs[train.Labels!.eq(1)]);
        double[] ScoresOf(int c) => fitted.Score(tests[test.Labels!.eq(c)]).Scores;
        var auroc = (RocCurve.AurocOf(ScoresOf(1), ScoresOf(0)) + RocCurve.AurocOf(ScoresOf(1), ScoresOf(2))) / 2;
        var row = result.Rows.Single(r => r is { Class: 1, Detector: "mahalanobis" });
        Assert.Equal(auroc, row.Metrics.Auroc, 1e-12);
        Assert.Equal((30, 60), (row.IdCount, row.OodCount));
        Assert.Equal(
            result.Rows.Where(r => r.Detector == "mahalanobis").Average(r => r.Metrics.Auroc), result.Means[0].Metrics.Auroc, 1e-12);
        Assert.Equal(["mahalanobis", "pixels"], result.Means.Select(m => m.Detector));
    }

    [Fact]
    public void Progress_BothProtocols_EndsAtTheTotal()
    {
        using EvaluationSet train = Set("train", 1, 0), test = Set("test", 2, 0);
        var seen = new Record();
        MultiClassProtocol.Run(train, test, [test], [DetectorRegistry.Usual], seen, Token);
        Assert.Equal([(1, 2), (2, 2)], seen.Reports);
        seen.Reports.Clear();
        OneClassProtocol.Run(train, test, [DetectorRegistry.Usual], seen, Token);
        Assert.Equal([(1, 3), (2, 3), (3, 3)], seen.Reports);
    }

    [Fact]
    public void OneClass_LabelsThatDoNotServe_AreRefused()
    {
        using EvaluationSet train = Set("train", 1, 0), bare = new("bare", () => Draws.Rows(1, 9, 4), () => Draws.Rows(1, 9, 4));
        Assert.Throws<ArgumentException>(() => OneClassProtocol.Run(train, bare, [DetectorRegistry.Usual], null, Token));
        using EvaluationSet gap = new("gap", () => Draws.Rows(1, 4, 4), () => Draws.Rows(1, 4, 4), tensor(new long[] { 0, 2, 2, 0 }));
        Assert.Throws<ArgumentException>(() => OneClassProtocol.Run(train, gap, [DetectorRegistry.Usual], null, Token));
    }

    [Fact]
    public void Run_Cancelled_Stops()
    {
        using EvaluationSet train = Set("train", 1, 0), test = Set("test", 2, 0);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => OneClassProtocol.Run(train, test, [DetectorRegistry.Usual], null, source.Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static EvaluationSet Set(string name, int seed, double shift)
    {
        var labels = Draws.Labels(90, Classes);
        Tensor Rows(int offset) => Draws.Normal(seed + offset, 90, 4) + 3 * labels.unsqueeze(1) + shift;
        return new EvaluationSet(name, () => Rows(0), () => Rows(100), labels);
    }

    private sealed class Record : IProgress<EvaluationProgress>
    {
        public List<(int Done, int Total)> Reports { get; } = [];

        public void Report(EvaluationProgress value) => Reports.Add((value.Done, value.Total));
    }
}
