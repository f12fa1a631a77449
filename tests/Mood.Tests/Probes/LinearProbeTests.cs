using MoodStream.Mood.Probes;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Probes;

/// <summary>The linear probe: optimality by autograd, laws of logistic regression, refusals.</summary>
public sealed class LinearProbeTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Fit_AnyRows_EndsWhereAutogradFindsNoSlope()
    {
        var (rows, labels) = Blobs(240, 5, 3);
        var settings = new LinearProbeSettings { WeightDecay = 0.01, MaxSteps = 5000, Tolerance = 1e-9 };
        using var probe = LinearProbe.Fit(rows, labels, settings);
        var (mean, spread) = (rows.mean([0L]), (rows - rows.mean([0L])).square().mean([0L]).sqrt());
        var weight = (probe.Weight * spread).detach().requires_grad_();
        var bias = (probe.Bias + probe.Weight.matmul(mean)).detach().requires_grad_();
        var logits = ((rows - mean) / spread).matmul(weight.t()) + bias;
        var loss = nn.functional.cross_entropy(logits, labels) + 0.01 / 2 * weight.square().sum([0L, 1L]);
        loss.backward();
        Assert.InRange(weight.grad!.abs().max().item<double>(), 0, 1e-7);
        Assert.InRange(bias.grad!.abs().max().item<double>(), 0, 1e-7);
    }

    [Fact]
    public void Fit_SeparateClasses_KnowsThemAll()
    {
        var (rows, labels) = Blobs(300, 6, 4, distance: 12);
        using var probe = LinearProbe.Fit(rows, labels);
        Assert.Equal(1, LinearProbe.AccuracyOf(probe, rows, labels));
        Assert.Equal((4, 6), (probe.ClassCount, probe.FeatureLength));
    }

    [Fact]
    public void Fit_ScaledAndShiftedFeatures_GivesTheSameLogits()
    {
        var (rows, labels) = Blobs(200, 4, 3);
        using var plain = LinearProbe.Fit(rows, labels);
        using var moved = LinearProbe.Fit(rows * 50 - 7, labels);
        var expected = rows.matmul(plain.Weight.t()) + plain.Bias;
        var actual = (rows * 50 - 7).matmul(moved.Weight.t()) + moved.Bias;
        Assert.InRange((expected - actual).abs().max().item<double>(), 0, 1e-6);
    }

    [Fact]
    public void Fit_ConstantColumn_IsIgnored()
    {
        var (rows, labels) = Blobs(100, 3, 2);
        using var probe = LinearProbe.Fit(cat([rows, full([100, 1], 5.0, ScalarType.Float64)], 1), labels);
        Assert.InRange(probe.Weight.select(1, 3).abs().max().item<double>(), 0, 1e-9);
    }

    [Fact]
    public void Fit_BalancedClasses_IsThatOfRepeatedRows()
    {
        var (rows, labels) = Blobs(40, 3, 2);
        var few = cat([arange(0, 40, 2), arange(1, 11, 2)]);                   // 20 of class 0, 5 of class 1
        var repeated = cat([arange(0, 40, 2), arange(1, 11, 2).repeat(4)]);    // 20 of each
        Tensor mean = rows[few].mean([0L]), spread = (rows[few] - mean).square().mean([0L]).sqrt();
        var standard = (rows - mean) / spread;                                 // else the two fits would standardise differently
        var settings = new LinearProbeSettings { BalancesClasses = true, WeightDecay = 1e-9, MaxSteps = 20_000, Tolerance = 1e-8 };
        using var balanced = LinearProbe.Fit(standard[few], labels[few], settings);
        using var copied = LinearProbe.Fit(standard[repeated], labels[repeated], settings with { BalancesClasses = false });
        Tensor LogOdds(Mood.Vision.LinearClassifier probe)
        {
            var logits = standard.matmul(probe.Weight.t()) + probe.Bias;
            return logits.select(1, 1) - logits.select(1, 0);
        }
        Assert.InRange((LogOdds(balanced) - LogOdds(copied)).abs().max().item<double>(), 0, 0.01);
    }

    [Fact]
    public void Fit_OneClassOrNaN_IsRefused()
    {
        var (rows, labels) = Blobs(20, 3, 2);
        var one = Assert.Throws<StatisticsException>(() => LinearProbe.Fit(rows, zeros_like(labels)));
        Assert.Equal(StatisticsFault.TooFewClasses, one.Fault);
        rows[3, 1] = double.NaN;
        var broken = Assert.Throws<StatisticsException>(() => LinearProbe.Fit(rows, labels));
        Assert.Equal(StatisticsFault.NotFinite, broken.Fault);
    }

    private static (Tensor Rows, Tensor Labels) Blobs(int count, int dimension, int classes, double distance = 1.5)
    {
        var labels = Draws.Labels(count, classes);
        var centres = distance * eye(dimension, dtype: ScalarType.Float64)[labels];
        return (Draws.Normal(7, count, dimension) + centres, labels);
    }
}
