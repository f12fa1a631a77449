using MoodStream.Mood.Detectors;
using MoodStream.Mood.Evaluation;
using MoodStream.Mood.Metrics;
using MoodStream.Mood.Statistics;
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
        using var plan = MultiClassProtocol.Plan(train, test, [near, far]);
        var rows = Run(plan, DetectorRegistry.Mahalanobis, DetectorRegistry.Pixels).Rows;
        Assert.Equal(
            ["near mahalanobis", "near pixels", "far mahalanobis", "far pixels"], rows.Select(r => $"{r.Ood} {r.Detector}"));
        using var fitted = DetectorRegistry.Mahalanobis.Fit(train.Inputs(DetectorInput.Features), train.Labels);
        double[] id = fitted.Score(test.Inputs(DetectorInput.Features)).Scores;
        double[] ood = fitted.Score(near.Inputs(DetectorInput.Features)).Scores;
        var direct = DetectionMetrics.Of(id, ood);
        Assert.Equal(
            new EvaluationMetrics(
                direct.Auroc, direct.FprAt95Tpr, FprAtTpr.Of(id, ood, convention: FprConvention.OodPositive), direct.AuprIn,
                direct.AuprOut),
            rows[0].Metrics);
        Assert.True(rows[2].Metrics.Auroc > rows[0].Metrics.Auroc);
        Assert.Equal((90, 90), (rows[0].IdCount, rows[0].OodCount));
    }

    [Fact]
    public void MultiClass_PixelDetectorAlone_NeverMakesFeatures()
    {
        EvaluationSet PixelsOnly(string name, int seed) =>
            new(name, () => throw new InvalidOperationException("features were made"), () => Draws.Rows(seed, 60, 4));
        using EvaluationSet train = PixelsOnly("train", 1), test = PixelsOnly("test", 1), ood = PixelsOnly("ood", 2);
        using var plan = MultiClassProtocol.Plan(train, test, [ood]);
        Assert.Single(Run(plan, DetectorRegistry.Pixels).Rows);
    }

    [Fact]
    public void OneClass_EveryClass_IsTheMeanOverTheOthersThenOverTheClasses()
    {
        using EvaluationSet train = Set("train", 1, 0), test = Set("test", 2, 0);
        using var plan = OneClassProtocol.Plan(train, test);
        var result = Run(plan, DetectorRegistry.Mahalanobis, DetectorRegistry.Pixels);
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
    public void NearOod_EverySplit_HoldsOutClassesThatTheFitNeverSees()
    {
        using EvaluationSet train = Set("train", 1, 0), test = Set("test", 2, 0);
        using var plan = NearOodProtocol.Plan(train, test, new NearOodSettings { Splits = 4, HeldOut = 1, Seed = 3 });
        Assert.Equal(4, plan.Trials.Count);
        foreach (var trial in plan.Trials)
        {
            Assert.Equal(60, trial.IdTrain.Inputs(DetectorInput.Features).shape[0]);
            Assert.Equal(60, trial.IdTest.Inputs(DetectorInput.Features).shape[0]);
            Assert.Equal(30, trial.Oods[0].Inputs(DetectorInput.Features).shape[0]);
            Assert.Equal(2, trial.ClassCount);
        }
        Assert.True(plan.Trials.Select(t => t.Oods[0].Name.Split(':')[1]).Distinct().Count() > 1);
        var rows = Run(plan, DetectorRegistry.Mahalanobis).Rows;
        Assert.All(rows, r => Assert.True(r.Metrics.Auroc > 0.8, $"{r.Ood}: {r.Metrics.Auroc}"));
    }

    [Fact]
    public void NearOod_EveryRow_NamesTheClassesHeldOut()
    {
        string[] names = ["bolt", "nut", "screw"];
        using EvaluationSet train = Set("train", 1, 0, names), test = Set("test", 2, 0, names);
        using var plan = NearOodProtocol.Plan(train, test, new NearOodSettings { Splits = 2, HeldOut = 2 });
        var result = Run(plan, DetectorRegistry.Mahalanobis);
        Assert.All(result.Rows, r =>
        {
            Assert.Equal(2, r.HeldOut.Count);
            Assert.Subset(names.ToHashSet(), r.HeldOut.ToHashSet());
            Assert.EndsWith($": {string.Join(", ", r.HeldOut)} held out", r.Ood, StringComparison.Ordinal);
        });
        Assert.Equal(result.Rows.Select(r => r.Ood), result.Means[0].Over);
    }

    [Fact]
    public void NearOod_ManyClasses_NamesTheFirstInACellAndAllBeside()
    {
        var labels = arange(10, dtype: ScalarType.Int64).repeat_interleave(3);
        EvaluationSet Ten(int seed) => new("ten", () => Draws.Rows(seed, 30, 4), () => Draws.Rows(seed, 30, 4), labels);
        using EvaluationSet train = Ten(1), test = Ten(2);
        using var plan = NearOodProtocol.Plan(train, test, new NearOodSettings { Splits = 1, HeldOut = 8 });
        Assert.Equal(8, plan.Trials[0].HeldOut.Count);
        Assert.EndsWith(
            $"{string.Join(", ", plan.Trials[0].HeldOut.Take(5))} and 3 more held out", plan.Trials[0].Oods[0].Name, StringComparison.Ordinal);
    }

    [Fact]
    public void OneClass_NamedClasses_AreInTheRows()
    {
        string[] names = ["bolt", "nut", "screw"];
        using EvaluationSet train = Set("train", 1, 0, names), test = Set("test", 2, 0, names);
        using var plan = OneClassProtocol.Plan(train, test);
        Assert.Equal(["all but bolt", "all but nut", "all but screw"], Run(plan, DetectorRegistry.Mahalanobis).Rows.Select(r => r.Ood));
    }

    [Fact]
    public void NearOod_NoClassLeft_IsRefused()
    {
        using EvaluationSet train = Set("train", 1, 0), test = Set("test", 2, 0);
        var settings = new NearOodSettings { HeldOut = Classes };
        Assert.Contains("1 to 2", Assert.Throws<ArgumentException>(() => NearOodProtocol.Plan(train, test, settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OutlierExposure_MoreImagesShown_DoesBetterThanNone()
    {
        using EvaluationSet train = Set("train", 1, 0), test = Set("test", 2, 0), ood = Set("ood", 3, 1.2);
        var settings = new OutlierExposureSettings { Shown = [1, 10], Draws = 2, Seed = 5 };
        using var plan = OutlierExposureProtocol.Plan(train, test, [ood], settings);
        var result = Run(plan, DetectorRegistry.Mahalanobis);
        Assert.Equal(["mahalanobis", "outlier-exposure(1)", "outlier-exposure(10)"], result.Means.Select(m => m.Detector));
        Assert.All(result.Rows, r => Assert.Equal(60, r.OodCount));            // 90 less 10 of each of 3 classes, for every k
        Assert.True(result.Means[2].Metrics.Auroc > result.Means[0].Metrics.Auroc);
    }

    [Fact]
    public void OutlierExposure_ClassTooSmallToTestWith_IsRefused()
    {
        using EvaluationSet train = Set("train", 1, 0), test = Set("test", 2, 0), ood = Set("ood", 3, 1);
        var settings = new OutlierExposureSettings { Shown = [30] };
        var error = Assert.Throws<ArgumentException>(() => OutlierExposureProtocol.Plan(train, test, [ood], settings));
        Assert.Contains("30 images", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_DetectorWithoutItsClassifier_IsSkippedByNameOrRefused()
    {
        using EvaluationSet train = Set("train", 1, 0), test = Set("test", 2, 0);
        using var plan = MultiClassProtocol.Plan(train, test, [test]);
        Detector[] detectors = [DetectorRegistry.Get("energy"), DetectorRegistry.Mahalanobis];
        var result = EvaluationRun.Of(plan, detectors, new EvaluationSettings { SkipsUnfit = true }, Token);
        Assert.Equal("energy", Assert.Single(result.Skipped).Detector);
        Assert.Contains("no classifier", result.Skipped[0].Reason, StringComparison.Ordinal);
        Assert.Equal("mahalanobis", Assert.Single(result.Rows).Detector);
        Assert.Throws<ArgumentException>(() => EvaluationRun.Of(plan, detectors, new EvaluationSettings(), Token));
    }

    [Fact]
    public void Run_ImageWithoutFiniteFeatures_IsNeverSkippedOver()
    {
        using EvaluationSet train = Set("train", 1, 0);
        using EvaluationSet broken = new("broken", () => full([9, 4], double.NaN), () => Draws.Rows(1, 9, 4));
        using var plan = MultiClassProtocol.Plan(train, train, [broken]);
        var error = Assert.Throws<StatisticsException>(
            () => EvaluationRun.Of(plan, [DetectorRegistry.Mahalanobis], new EvaluationSettings { SkipsUnfit = true }, Token));
        Assert.Equal(StatisticsFault.NotFinite, error.Fault);
    }

    [Fact]
    public void Progress_BothProtocols_EndsAtTheTotal()
    {
        using EvaluationSet train = Set("train", 1, 0), test = Set("test", 2, 0);
        var seen = new Record();
        using var many = MultiClassProtocol.Plan(train, test, [test]);
        EvaluationRun.Of(many, [DetectorRegistry.Usual, DetectorRegistry.Pixels], new EvaluationSettings { Progress = seen }, Token);
        Assert.Equal([(1, 2), (2, 2)], seen.Reports);
        seen.Reports.Clear();
        using var one = OneClassProtocol.Plan(train, test);
        EvaluationRun.Of(one, [DetectorRegistry.Usual], new EvaluationSettings { Progress = seen }, Token);
        Assert.Equal([(1, 3), (2, 3), (3, 3)], seen.Reports);
    }

    [Fact]
    public void OneClass_LabelsThatDoNotServe_AreRefused()
    {
        using EvaluationSet train = Set("train", 1, 0), bare = new("bare", () => Draws.Rows(1, 9, 4), () => Draws.Rows(1, 9, 4));
        Assert.Throws<ArgumentException>(() => OneClassProtocol.Plan(train, bare));
        using EvaluationSet gap = new("gap", () => Draws.Rows(1, 4, 4), () => Draws.Rows(1, 4, 4), tensor(new long[] { 0, 2, 2, 0 }));
        Assert.Throws<ArgumentException>(() => OneClassProtocol.Plan(train, gap));
    }

    [Fact]
    public void Run_Cancelled_Stops()
    {
        using EvaluationSet train = Set("train", 1, 0), test = Set("test", 2, 0);
        using var plan = OneClassProtocol.Plan(train, test);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => EvaluationRun.Of(plan, [DetectorRegistry.Usual], new EvaluationSettings(), source.Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static EvaluationOutcome Run(TrialPlan plan, params Detector[] detectors) =>
        EvaluationRun.Of(plan, detectors, new EvaluationSettings(), Token);

    private static EvaluationSet Set(string name, int seed, double shift, string[]? classNames = null)
    {
        var labels = Draws.Labels(90, Classes);
        Tensor Rows(int offset) => Draws.Normal(seed + offset, 90, 4) + 3 * labels.unsqueeze(1) + shift;
        return new EvaluationSet(name, () => Rows(0), () => Rows(100), labels) { ClassNames = classNames ?? [] };
    }

    private sealed class Record : IProgress<EvaluationProgress>
    {
        public List<(int Done, int Total)> Reports { get; } = [];

        public void Report(EvaluationProgress value) => Reports.Add((value.Done, value.Total));
    }
}
