using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Detectors;

/// <summary>Closed forms against autograd, brute force and hand-made numbers; what a detector asks for.</summary>
public sealed class DetectorFormulaTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void GradNorm_ClosedForm_IsTheL1NormOfTheGradientByAutograd()
    {
        const int classes = 5, dimension = 7;
        Tensor rows = Draws.Rows(31, 20, dimension), weight = Draws.Normal(32, classes, dimension), bias = Draws.Normal(33, classes);
        using var classifier = new LinearClassifier(weight, bias);
        using var fitted = DetectorRegistry.Get("gradnorm").Fit(rows, null, classifier);
        var scores = fitted.Score(rows).Scores;
        foreach (var i in Enumerable.Range(0, 20))
        {
            var learned = weight.clone().requires_grad_();
            var loss = nn.functional.log_softmax(rows[i].matmul(learned.t()) + bias, 0).sum(dim: 0).neg();
            loss.backward();
            Assert.Equal(-learned.grad!.abs().sum([0L, 1L]).item<double>(), scores[i], 1e-9 * Math.Abs(scores[i]));
        }
    }

    /// <summary>Logits (2, 0) and (0, 0): p = e²/(e² + 1) and 1/2.</summary>
    [Theory]
    [InlineData("msp", 0.11920292202211755, 0.5)]
    [InlineData("max-logit", -2, 0)]
    [InlineData("entropy", 0.36533385508720767, 0.6931471805599453)]
    [InlineData("energy", -2.1269280110429727, -0.6931471805599453)]
    public void LogitScore_TwoLogits_IsTheNumberByHand(string name, double sure, double unsure)
    {
        using var classifier = new LinearClassifier(eye(2, dtype: ScalarType.Float64), null);
        var rows = tensor(new[,] { { 2.0, 0 }, { 0, 0 } });
        using var fitted = DetectorRegistry.Get(name).Fit(rows, null, classifier);
        Close.Absolute([sure, unsure], fitted.Score(rows).Scores, 1e-12);
    }

    [Fact]
    public void Energy_LogitsThatOverflow_StaysFinite()
    {
        using var classifier = new LinearClassifier(eye(2, dtype: ScalarType.Float64), null);
        var rows = tensor(new[,] { { 2000.0, 0 }, { 0, 0 } });
        using var fitted = DetectorRegistry.Get("energy").Fit(rows, null, classifier);
        Assert.Equal(-2000, fitted.Score(rows).Scores[0], 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Neighbour_ExactSearch_IsBruteForce(int k)
    {
        Tensor rows = Draws.Rows(34, 60, 4), test = Draws.Rows(35, 25, 4);
        var detector = new NeighbourDetector("knn", new NeighbourRecipe { Neighbour = k });
        using var fitted = detector.Fit(rows);
        double[][] train = Unit(rows), tested = Unit(test);
        var expected = tested.Select(t => train.Select(r => Math.Sqrt(r.Zip(t, (a, b) => (a - b) * (a - b)).Sum())).Order().ElementAt(k - 1));
        Close.Absolute([.. expected], fitted.Score(test).Scores, 1e-12);
    }

    [Fact]
    public void Coreset_OfManyRows_KeepsNoMoreThanItMayAndOnlyRowsThatWereGiven()
    {
        var rows = Draws.Rows(36, 200, 4);
        var detector = new NeighbourDetector("coreset", new NeighbourRecipe { IsCoreset = true, CoresetSize = 50, Neighbour = 1 });
        using FittedDetector some = detector.Fit(rows), all = new NeighbourDetector("knn", new NeighbourRecipe { Neighbour = 1 }).Fit(rows);
        Assert.Equal(50, some.State.Values.Max(t => t.dim() == 2 ? t.shape[0] : 0));
        Assert.Equal(50, some.Score(rows).Scores.Count(s => s < 1e-7));
        foreach (var (few, every) in some.Score(Draws.Rows(37, 40, 4)).Scores.Zip(all.Score(Draws.Rows(37, 40, 4)).Scores))
            Assert.True(few >= every - 1e-12);
    }

    [Fact]
    public void Relative_TwoDistances_IsTheirDifference()
    {
        Tensor rows = Draws.Rows(38, 150, 5), labels = Draws.Labels(150, 3), test = Draws.Rows(39, 20, 5);
        using var relative = DetectorRegistry.Get("relative-mahalanobis").Fit(rows, labels);
        using var tied = DetectorRegistry.Get("mahalanobis").Fit(rows, labels);
        using var global = DetectorRegistry.Get("mahalanobis-global").Fit(rows, labels);
        var expected = tied.Score(test).Scores.Zip(global.Score(test).Scores, (a, b) => a - b);
        Close.Relative([.. expected], relative.Score(test).Scores, 1e-10);
    }

    [Fact]
    public void LogDensity_GlobalGaussian_IsThatOfTheFormula()
    {
        var rows = Draws.Rows(40, 100, 3);
        var recipe = new GaussianRecipe { UsesLabels = false, Shrinkage = Shrinkage.None };
        using FittedDetector density = new GaussianDetector("d", recipe with { IsLogDensity = true }).Fit(rows), distance = new GaussianDetector("m", recipe).Fit(rows);
        var centred = rows - rows.mean([0L]);
        var covariance = centred.t().matmul(centred) / rows.shape[0];
        var logDeterminant = linalg.slogdet(covariance).Item2.item<double>() + 3 * Math.Log(2 * Math.PI);
        Close.Relative([.. distance.Score(rows).Scores.Select(s => (s + logDeterminant) / 2)], density.Score(rows).Scores, 1e-10);
    }

    [Fact]
    public void Combination_OfTwo_RanksByTheirPValues()
    {
        Tensor rows = Draws.Rows(41, 400, 5), labels = Draws.Labels(400, 2);
        var far = cat([rows.mean([0L], keepdim: true), rows[..1] * -5]);
        foreach (var rule in new[] { "fisher", "maximum", "minimum" })
        {
            var detector = DetectorRegistry.Get($"{rule}(mahalanobis,knn)");
            using var fitted = detector.Fit(rows, labels);
            var scores = fitted.Score(far).Scores;
            Assert.True(scores[1] > scores[0], $"{rule} {scores[0]} {scores[1]}");
        }
        Assert.Equal(["fisher(a,b)", "c"], DetectorRegistry.SplitNames(" fisher(a,b) , c "));
    }

    [Fact]
    public void Score_NoRow_GivesNoScore()
    {
        using var classifier = new LinearClassifier(Draws.Normal(42, 3, 6), null);
        foreach (var detector in DetectorRegistry.All.Where(d => d.Input == DetectorInput.Features))
        {
            using var fitted = detector.Fit(Draws.Rows(43, 90, 6), Draws.Labels(90, 3), classifier);
            Assert.Empty(fitted.Score(zeros(0, 6)).Scores);
        }
    }

    [Fact]
    public void Lacks_WhatIsNotAtHand_NamesTheDetectorAndTheNeed()
    {
        Assert.Contains("vim needs logits", DetectorRegistry.Get("vim").Lacks(10, null), StringComparison.Ordinal);
        Assert.Contains("labels of 2 classes", DetectorRegistry.Get("relative-mahalanobis").Lacks(1, null), StringComparison.Ordinal);
        Assert.Null(DetectorRegistry.Usual.Lacks(1, null));
        var rows = Draws.Rows(44, 30, 4);
        Assert.Contains("energy", Assert.Throws<ArgumentException>(() => DetectorRegistry.Get("energy").Fit(rows)).Message, StringComparison.Ordinal);
        using var other = new LinearClassifier(Draws.Normal(45, 3, 5), null);
        Assert.Contains("5 features", Assert.Throws<ArgumentException>(() => DetectorRegistry.Get("energy").Fit(rows, null, other)).Message, StringComparison.Ordinal);
        Assert.Equal(StatisticsFault.TooFewClasses, Assert.Throws<StatisticsException>(() => DetectorRegistry.Get("relative-mahalanobis++").Fit(rows)).Fault);
    }

    [Fact]
    public void Fit_RowsThatAllowNone_EveryDetectorRefusesWithTheReason()
    {
        using var classifier = new LinearClassifier(Draws.Normal(46, 3, 4), null);
        var labels = Draws.Labels(12, 3);
        foreach (var detector in DetectorRegistry.All.Where(d => d.Input == DetectorInput.Features))
        {
            StatisticsFault FaultOf(Tensor rows) => Assert.Throws<StatisticsException>(() => detector.Fit(rows, labels[..(int)rows.shape[0]], classifier)).Fault;
            Assert.Equal(StatisticsFault.NoRows, FaultOf(zeros(0, 4)));
            Assert.Equal(StatisticsFault.NotFinite, FaultOf(Draws.Rows(47, 12, 4) * double.NaN));
            Assert.Equal(StatisticsFault.NoVariance, FaultOf(ones(12, 4, ScalarType.Float64)));
            Assert.ThrowsAny<ArgumentException>(() => detector.Fit(Draws.Rows(48, 11, 4), labels, classifier));
        }
    }

    private static double[][] Unit(Tensor rows)
    {
        var flat = Close.Flat(rows / rows.norm(1, keepdim: true, p: 2));
        return [.. flat.Chunk((int)rows.shape[1])];
    }
}
