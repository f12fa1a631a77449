using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Detectors;

/// <summary>Laws of the detectors.</summary>
public sealed class GaussianDetectorTests : IDisposable
{
    private static readonly GaussianRecipe Unshrunk = new() { Shrinkage = Shrinkage.None };

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<string> Names => [.. DetectorRegistry.All.Select(d => d.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Score_FarRow_ScoresAboveANearOne(string name)
    {
        var labels = Draws.Labels(200, 3);
        var relative = DetectorRegistry.Get(name).FewestClasses > 1;
        var rows = Draws.Rows(1, 200, 6) + (relative ? 20 * nn.functional.one_hot(labels, 6) : zeros(1));
        using var fitted = Fit(name, rows, labels);
        var near = (relative ? rows[TensorIndex.Tensor(labels.eq(0))] : rows).mean([0L], keepdim: true);
        var scores = fitted.Score(cat([near, FarFrom(name, rows, near)])).Scores;
        Assert.True(scores[1] > scores[0], $"{scores[0]} {scores[1]}");
    }

    [Fact]
    public void Score_IdentityCovariance_IsSquaredEuclideanDistance()
    {
        // Two classes, each with the population covariance I, means (0, 0) and (100, 0).
        var square = tensor(new[,] { { 1.0, 1 }, { 1, -1 }, { -1, 1 }, { -1, -1 } });
        var rows = cat([square, square + tensor([100.0, 0])]);
        using var fitted = new GaussianDetector("plain", Unshrunk).Fit(rows, tensor(new long[] { 0, 0, 0, 0, 1, 1, 1, 1 }));
        var (scores, nearest) = fitted.Score(tensor(new[,] { { 3.0, 4 }, { 103, 4 } }));
        Close.Absolute([25, 25], scores, 1e-10);
        Assert.Equal([0, 1], nearest!);
    }

    [Fact]
    public void Score_AffineMapOfAllRows_IsUnchanged()
    {
        Tensor rows = Draws.Rows(2, 300, 8), test = Draws.Rows(3, 50, 8), labels = Draws.Labels(300, 4);
        Tensor map = Draws.Normal(4, 8, 8), shift = Draws.Normal(5, 8) * 10;
        var detector = new GaussianDetector("plain", Unshrunk);
        using FittedDetector fitted = detector.Fit(rows, labels), mapped = detector.Fit(rows.matmul(map) + shift, labels);
        Close.Relative(fitted.Score(test).Scores, mapped.Score(test.matmul(map) + shift).Scores, 1e-8);
    }

    [Theory, MemberData(nameof(Names))]
    public void Score_RowsInAnotherOrder_AreTheSame(string name)
    {
        Tensor rows = Draws.Rows(6, 200, 6), labels = Draws.Labels(200, 3), test = Draws.Rows(7, 40, 6);
        var detector = DetectorRegistry.Get(name);
        using var classifier = Classifier(6, 3);
        using FittedDetector fitted = detector.Fit(rows, labels, classifier), reversed = detector.Fit(rows.flip(0), labels.flip(0), classifier);
        var scores = fitted.Score(test).Scores;
        Close.Relative(scores, reversed.Score(test).Scores, 1e-9);
        Close.Relative([.. scores.Reverse()], fitted.Score(test.flip(0)).Scores, 1e-12);
        Close.Relative(scores[..1], fitted.Score(test[..1]).Scores, 1e-12);
    }

    [Fact]
    public void Score_UnitLengthDetector_IgnoresTheLength()
    {
        var rows = Draws.Rows(8, 100, 5);
        using var fitted = DetectorRegistry.Usual.Fit(rows);
        Close.Relative(fitted.Score(rows).Scores, fitted.Score(rows * 37).Scores, 1e-9);
        Assert.Null(fitted.Score(rows).NearestClass);
    }

    [Theory, MemberData(nameof(Names))]
    public void Score_RowsThatCannotBeScored_AreNaNAndDisturbNoOther(string name)
    {
        var rows = Draws.Rows(9, 100, 5);
        using var fitted = Fit(name, rows, Draws.Labels(100, 2));
        var test = Draws.Rows(10, 6, 5);
        var clean = fitted.Score(test).Scores;
        test[1, 0] = tensor(double.NaN);
        test[3] = tensor(double.NegativeInfinity).expand(5);
        var scores = fitted.Score(test).Scores;
        Assert.Equal([1, 3], Enumerable.Range(0, 6).Where(i => double.IsNaN(scores[i])));
        foreach (var i in new[] { 0, 2, 4, 5 }) Assert.Equal(clean[i], scores[i]);
    }

    [Fact]
    public void Score_ZeroRow_HasNoDirectionUnlessTheRecipeSaysSo()
    {
        var rows = Draws.Rows(11, 100, 5);
        var zero = zeros(1, 5, ScalarType.Float64);
        using FittedDetector plusPlus = DetectorRegistry.Usual.Fit(rows), parity = DetectorRegistry.MoodParity.Fit(rows);
        Assert.True(double.IsNaN(plusPlus.Score(zero).Scores[0]));
        Assert.True(double.IsFinite(parity.Score(zero).Scores[0]));
        Assert.True(double.IsNaN(plusPlus.Score(zero + 1e200).Scores[0]));       // its length overflows
    }

    [Theory, MemberData(nameof(Names))]
    public void Restore_State_ScoresTheSame(string name)
    {
        Tensor rows = Draws.Rows(12, 90, 6), test = Draws.Rows(13, 30, 6);
        using var fitted = Fit(name, rows, Draws.Labels(90, 3));
        using var back = fitted.Detector.Restore(fitted.State);
        Assert.Equal(fitted.Score(test).Scores, back.Score(test).Scores);
        Assert.Equal(fitted.Score(test).NearestClass, back.Score(test).NearestClass);
        Assert.Equal((fitted.Diagnostics, fitted.ClassCount, fitted.Dimension), (back.Diagnostics, back.ClassCount, back.Dimension));
    }

    [Fact]
    public void Restore_StateThatContradictsItself_IsRefused()
    {
        using var fitted = DetectorRegistry.Usual.Fit(Draws.Rows(14, 40, 4));
        foreach (var name in fitted.State.Keys)
        {
            var lacking = fitted.State.Where(s => s.Key != name).ToDictionary();
            Assert.Throws<StatisticsException>(() => fitted.Detector.Restore(lacking));
            lacking[name] = ones(3, 7, ScalarType.Float64);
            Assert.Throws<StatisticsException>(() => fitted.Detector.Restore(lacking));
            lacking[name] = fitted.State[name] * double.NaN;
            Assert.Throws<StatisticsException>(() => fitted.Detector.Restore(lacking));
            lacking[name] = fitted.State[name].to(ScalarType.Float32);
            Assert.Throws<StatisticsException>(() => fitted.Detector.Restore(lacking));
        }
    }

    [Fact]
    public void Fit_StreamedMoments_IsTheBatchFit()
    {
        Tensor rows = Draws.Rows(15, 200, 6), labels = Draws.Labels(200, 3);
        var detector = (GaussianDetector)DetectorRegistry.MahalanobisPlusPlus;
        using var first = ClassMoments.Of(detector.Scale(rows[..50]), labels[..50], 3);
        using var all = first.Add(detector.Scale(rows[50..]), labels[50..]);
        using FittedDetector streamed = detector.Fit(all), batch = detector.Fit(rows, labels);
        Close.Relative(batch.Score(rows).Scores, streamed.Score(rows).Scores, 1e-9);
        Assert.Equal(batch.Diagnostics.ShrinkageIntensity, streamed.Diagnostics.ShrinkageIntensity, 1e-12);
    }

    [Fact]
    public void Fit_FewerRowsThanFeatures_ShrinksOrRefuses()
    {
        var rows = Draws.Rows(16, 5, 20);
        using var shrunk = DetectorRegistry.Usual.Fit(rows);
        Assert.True(shrunk.Score(rows).Scores.All(double.IsFinite));
        using var cut = DetectorRegistry.MoodParity.Fit(rows);
        Assert.Equal(4, ((FittedGaussian)cut).Rank);
        var refusal = Assert.Throws<StatisticsException>(() => new GaussianDetector("plain", Unshrunk).Fit(rows));
        Assert.Equal(StatisticsFault.Singular, refusal.Fault);
    }

    [Fact]
    public void Fit_RowsThatAllowNone_IsRefusedWithTheReason()
    {
        var rows = Draws.Rows(17, 6, 3);
        var detector = DetectorRegistry.Usual;
        StatisticsFault FaultOf(Tensor inputs, Tensor? labels = null) =>
            Assert.Throws<StatisticsException>(() => detector.Fit(inputs, labels)).Fault;
        Assert.Equal(StatisticsFault.NoRows, FaultOf(rows[..0]));
        Assert.Equal(StatisticsFault.EmptyClass, FaultOf(rows, tensor(new long[] { 0, 0, 2, 2, 0, 2 })));
        Assert.Equal(StatisticsFault.NoVariance, FaultOf(rows[..1]));
        Assert.Equal(StatisticsFault.NotFinite, FaultOf(cat([rows, rows * double.NaN])));
        Assert.Equal(StatisticsFault.NoDirection, FaultOf(cat([rows, zeros(1, 3, ScalarType.Float64)])));
    }

    [Fact]
    public void Fit_PixelsOfGreyImages_IsPossibleAndColourIsFarOut()
    {
        var grey = Draws.Rows(20, 100, 4).repeat(1, 3);                          // three equal colour planes
        using var fitted = DetectorRegistry.Pixels.Fit(grey);
        var coloured = grey[..1].clone();
        coloured[0, 0] += 1;
        Assert.True(fitted.Score(coloured).Scores[0] > fitted.Score(grey).Scores.Max());
    }

    [Fact]
    public void Fit_OneClassWithOrWithoutLabels_IsTheSame()
    {
        var rows = Draws.Rows(18, 60, 4);
        using FittedDetector bare = DetectorRegistry.Usual.Fit(rows), labelled = DetectorRegistry.Usual.Fit(rows, zeros(60, ScalarType.Int64));
        Assert.Equal(bare.Score(rows).Scores, labelled.Score(rows).Scores);
    }

    [Theory, MemberData(nameof(Names))]
    public void FitAndScore_WhenDisposed_LeaveNoTensorBehind(string name)
    {
        using Tensor rows = Draws.Rows(19, 60, 4), labels = Draws.Labels(60, 2);
        using var classifier = Classifier(4, 3);
        var before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var fitted = DetectorRegistry.Get(name).Fit(rows, labels, classifier))
        using (var back = fitted.Detector.Restore(fitted.State))
            back.Score(rows);
        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Get_UnknownName_IsRefusedWithTheNamesThereAre()
    {
        var refusal = Assert.Throws<ArgumentException>(() => DetectorRegistry.Get("Mahalanobis++"));
        Assert.All(DetectorRegistry.All, d => Assert.Contains(d.Name, refusal.Message, StringComparison.Ordinal));
    }

    /// <summary>
    /// A row that a detector must find further out: beyond all others; without any evidence where logits decide; between all
    /// classes where only the distance to these counts.
    /// </summary>
    private static Tensor FarFrom(string name, Tensor rows, Tensor near)
    {
        var detector = DetectorRegistry.Get(name);
        if (detector.FewestClasses > 1) return rows.mean([0L], keepdim: true);
        return detector.NeedsClassifier && name != "vim" ? near * 1e-3 : rows[..1] * -5;
    }

    private static FittedDetector Fit(string name, Tensor rows, Tensor labels)
    {
        using var classifier = Classifier((int)rows.shape[1], 3);
        return DetectorRegistry.Get(name).Fit(rows, labels, classifier);
    }

    /// <summary>A classifier that is sure of its first class along the rows' mean.</summary>
    private static LinearClassifier Classifier(int dimension, int classes)
    {
        using var scope = NewDisposeScope();
        return new LinearClassifier(Draws.Normal(21, classes, dimension), Draws.Normal(22, classes));
    }
}
