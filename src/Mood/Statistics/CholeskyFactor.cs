using static TorchSharp.torch;

namespace MoodStream.Mood.Statistics;

/// <summary>
/// Whitening by the Cholesky factor L of a covariance of full rank, Σ = L Lᵀ: y = L⁻¹ (x − mean). Never inverted.
/// </summary>
/// <remarks>The matrix is L, shape [D, D], lower triangular.</remarks>
public sealed class CholeskyFactor : Whitening
{
    private CholeskyFactor(Tensor lower) : base(lower)
    {
    }

    /// <summary>Factors a covariance.</summary>
    /// <param name="covariance">Covariance Σ, shape [D, D], float64, symmetric.</param>
    /// <param name="spectrum">Its rank and condition.</param>
    /// <returns>The factor. The caller disposes it.</returns>
    /// <exception cref="StatisticsException">The covariance is singular: the factorisation may well succeed then, with
    /// wrong distances, so the rank decides.</exception>
    /// <remarks>Cost: O(D³).</remarks>
    public static CholeskyFactor Of(Tensor covariance, out CovarianceSpectrum spectrum)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        spectrum = CovarianceSpectrum.Of(covariance);
        if (spectrum.Rank < covariance.shape[0])
            throw new StatisticsException(
                StatisticsFault.Singular,
                $"The covariance has rank {spectrum.Rank} of {covariance.shape[0]}: fit on more rows, shrink, or cut eigenvalues.");
        var (lower, info) = linalg.cholesky_ex(covariance);
        if (info.item<int>() != 0)
            throw new StatisticsException(StatisticsFault.Singular, $"The covariance is not positive definite (order {info.item<int>()}).");
        return new CholeskyFactor(lower);
    }

    /// <summary>A stored factor. The tensor is copied.</summary>
    /// <param name="lower">Factor L, shape [D, D], float64.</param>
    /// <exception cref="StatisticsException">It is not lower triangular with a positive diagonal.</exception>
    public static CholeskyFactor Restore(Tensor lower)
    {
        using var scope = NewDisposeScope();
        StoredTensor.RequireAxes(lower, "cholesky", 2);
        StoredTensor.Require(lower, "cholesky", lower.shape[0], lower.shape[0]);
        if (!lower.eq(lower.tril()).all().item<bool>() || !lower.diagonal().gt(0).all().item<bool>())
            throw new StatisticsException(StatisticsFault.Inconsistent, "'cholesky' is not lower triangular with a positive diagonal.");
        return new CholeskyFactor(lower.clone());
    }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor offsets)
    {
        using var scope = NewDisposeScope();
        return linalg.solve_triangular(Matrix.t(), offsets, upper: true, left: false).MoveToOuterDisposeScope(); // [B, D]
    }

    /// <summary>Logarithm of the determinant of the covariance, ln det Σ = 2 Σ ln L_ii.</summary>
    public double LogDeterminant()
    {
        using var scope = NewDisposeScope();
        return 2 * Reduce.Total(Matrix.diagonal().log());
    }
}
