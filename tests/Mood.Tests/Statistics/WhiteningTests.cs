using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Statistics;

/// <summary>Laws of whitening and shrinkage.</summary>
public sealed class WhiteningTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Cholesky_DiagonalCovariance_DividesByTheDeviations()
    {
        using var whitening = CholeskyFactor.Of(diag(tensor([4.0, 25])), out var spectrum);
        Assert.Equal([1, 2], Close.Flat(whitening.Apply(tensor(new[,] { { 2.0, 10 } }))));
        Assert.Equal(new CovarianceSpectrum(2, 6.25), spectrum);
    }

    [Fact]
    public void Whitening_FullRank_BothKindsMeasureTheSame()
    {
        using var moments = Moments.Of(Draws.Rows(1, 200, 9));
        var covariance = moments.Covariance();
        using Whitening cholesky = CholeskyFactor.Of(covariance, out _), cut = EigenCut.Of(covariance, out _);
        var offsets = Draws.Normal(2, 30, 9);
        Close.Relative(cholesky.Apply(offsets).square().sum(1), cut.Apply(offsets).square().sum(1), 1e-11);
        Assert.Equal(9, cut.Rank);
    }

    [Theory]
    [InlineData(200, 9, 9)]
    [InlineData(5, 9, 4)]
    public void MeanSquaredDistance_OfTheRowsThemselves_IsTheRank(int rows, int dimension, int rank)
    {
        var drawn = Draws.Rows(3, rows, dimension);
        using var moments = Moments.Of(drawn);
        using var whitening = EigenCut.Of(moments.Covariance(), out _);
        Assert.Equal(rank, whitening.Apply(drawn - moments.Mean).square().sum(1).mean().item<double>(), 1e-9);
    }

    [Fact]
    public void Cholesky_DependentFeatures_IsRefusedWithTheRank()
    {
        var rows = Draws.Rows(4, 100, 3);
        using var moments = Moments.Of(cat([rows, rows.matmul(Draws.Normal(5, 3, 2))], 1));
        var refusal = Assert.Throws<StatisticsException>(() => CholeskyFactor.Of(moments.Covariance(), out _));
        Assert.Equal(StatisticsFault.Singular, refusal.Fault);
        Assert.Contains("rank 3 of 5", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whitening_NoVariance_IsRefused()
    {
        var nothing = zeros(3, 3, ScalarType.Float64);
        Assert.Equal(StatisticsFault.NoVariance, Assert.Throws<StatisticsException>(() => CholeskyFactor.Of(nothing, out _)).Fault);
        Assert.Equal(StatisticsFault.NoVariance, Assert.Throws<StatisticsException>(() => EigenCut.Of(nothing, out _)).Fault);
        Assert.Equal(
            StatisticsFault.NotFinite, Assert.Throws<StatisticsException>(() => CholeskyFactor.Of(nothing + double.NaN, out _)).Fault);
    }

    [Fact]
    public void Restore_NotLowerTriangular_IsRefused()
    {
        Assert.Throws<StatisticsException>(() => CholeskyFactor.Restore(ones(2, 2, ScalarType.Float64)));
        Assert.Throws<StatisticsException>(() => CholeskyFactor.Restore(-eye(2, dtype: ScalarType.Float64)));
        Assert.Throws<StatisticsException>(() => CholeskyFactor.Restore(ones(2, 3, ScalarType.Float64)));
        Assert.Throws<StatisticsException>(() => EigenCut.Restore(ones(2, 3, ScalarType.Float64)));
    }

    [Fact]
    public void Apply_Shrinkage_KeepsTheTraceAndEndsAtTheScaledIdentity()
    {
        using var moments = Moments.Of(Draws.Rows(6, 50, 4));
        var covariance = moments.Covariance();
        var trace = covariance.diagonal().sum(dim: 0).item<double>();
        Assert.Equal(trace, Shrinkage.Apply(covariance, 0.3).diagonal().sum(dim: 0).item<double>(), 1e-12 * trace);
        Close.Relative(eye(4, dtype: ScalarType.Float64) * (trace / 4), Shrinkage.Apply(covariance, 1), 1e-14);
        Close.Relative(covariance, Shrinkage.Apply(covariance, 0), 0);
    }

    [Fact]
    public void Oas_MoreRows_ShrinksLess()
    {
        using var moments = Moments.Of(Draws.Rows(7, 50, 4));
        var covariance = moments.Covariance();
        Assert.True(Shrinkage.Oas.Intensity(covariance, 1000) < Shrinkage.Oas.Intensity(covariance, 50));
        Assert.Equal(1, Shrinkage.Oas.Intensity(eye(3, dtype: ScalarType.Float64), 5));
    }

    [Fact]
    public void FourthMomentOfUnitRows_ClosedForm_IsTheDirectMean()
    {
        var rows = Draws.Rows(8, 70, 6);
        rows = rows / rows.square().sum(1, keepdim: true).sqrt();
        using var moments = Moments.Of(rows);
        var direct = (rows - moments.Mean).square().sum(1).square().mean().item<double>();
        Assert.Equal(direct, Shrinkage.FourthMomentOfUnitRows(moments.Mean, moments.Covariance()), 1e-13);
    }

    [Fact]
    public void LedoitWolf_WithoutFourthMoment_IsRefused() =>
        Assert.Equal(
            StatisticsFault.NoFourthMoment,
            Assert.Throws<StatisticsException>(() => Shrinkage.LedoitWolf.Intensity(eye(2, dtype: ScalarType.Float64), 5)).Fault);

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Fixed_IntensityOutsideItsRange_IsRefused(double intensity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Shrinkage.Fixed(intensity));
}
