using static TorchSharp.torch;

namespace MoodStream.Mood.Statistics;

/// <summary>
/// Whitening by the pseudo-inverse of a covariance, of whatever rank: directions whose eigenvalue is at most a share of
/// the largest one are ignored. The documented fallback where a covariance is singular.
/// </summary>
/// <remarks>
/// The matrix is V Λ^(−1/2), shape [D, R].
/// Differs from NumPy's <c>pinv</c>: its cut of 1e-15 lies within the rounding of float32 features, so it is 1e-10 here
/// by default.
/// </remarks>
public sealed class EigenCut : Whitening
{
    /// <summary>The share of the largest eigenvalue at or below which a direction is ignored.</summary>
    public const double UsualRelativeCut = 1e-10;

    private EigenCut(Tensor projection) : base(projection)
    {
    }

    /// <summary>Factors a covariance.</summary>
    /// <param name="covariance">Covariance, shape [D, D], float64, symmetric, of any rank above 0.</param>
    /// <param name="spectrum">Rank and condition of what was kept.</param>
    /// <param name="relativeCut">Share of the largest eigenvalue, in (0, 1).</param>
    /// <returns>The whitening. The caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The cut is outside (0, 1).</exception>
    /// <exception cref="StatisticsException">The covariance is not finite, or has no variance.</exception>
    /// <remarks>Cost: O(D³).</remarks>
    public static EigenCut Of(Tensor covariance, out CovarianceSpectrum spectrum, double relativeCut = UsualRelativeCut)
    {
        if (!(relativeCut is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(relativeCut), relativeCut, "Outside (0, 1).");
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        CovarianceSpectrum.RequireVariance(covariance);
        var (eigenvalues, vectors) = linalg.eigh(covariance);                    // [D] rising, [D, D]
        spectrum = CovarianceSpectrum.OfEigenvalues(eigenvalues, relativeCut);
        var first = covariance.shape[0] - spectrum.Rank;
        var kept = eigenvalues.narrow(0, first, spectrum.Rank);                  // [R]
        return new EigenCut((vectors.narrow(1, first, spectrum.Rank) / kept.sqrt()).contiguous());
    }

    /// <summary>
    /// Factors the covariance of rows whose every feature is first multiplied by a number: the whitening takes offsets of
    /// the rows as they are.
    /// </summary>
    /// <param name="covariance">Covariance of the rows as they are, shape [D, D], float64, symmetric.</param>
    /// <param name="scale">What each feature is multiplied by, shape [D], float64, above 0.</param>
    /// <param name="spectrum">Rank and condition of what was kept.</param>
    /// <param name="relativeCut">Share of the largest eigenvalue, in (0, 1).</param>
    /// <inheritdoc cref="Of" path="/returns|/exception|/remarks"/>
    internal static EigenCut OfScaled(
        Tensor covariance, Tensor scale, out CovarianceSpectrum spectrum, double relativeCut = UsualRelativeCut)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        using var cut = Of(covariance * scale * scale.unsqueeze(1), out spectrum, relativeCut);
        return new EigenCut((cut.Matrix * scale.unsqueeze(1)).contiguous());
    }

    /// <summary>A stored whitening. The tensor is copied.</summary>
    /// <param name="projection">V Λ^(−1/2), shape [D, R], float64, with R in [1, D].</param>
    /// <exception cref="StatisticsException">It is of another shape, or not finite.</exception>
    public static EigenCut Restore(Tensor projection)
    {
        using var scope = NewDisposeScope();
        StoredTensor.RequireAxes(projection, "projection", 2);
        if (projection.shape[1] < 1 || projection.shape[1] > projection.shape[0])
            throw new StatisticsException(StatisticsFault.Inconsistent, "'projection' is not of shape [D, R] with R in [1, D].");
        StoredTensor.Require(projection, "projection", projection.shape[0], projection.shape[1]);
        return new EigenCut(projection.clone());
    }

    /// <inheritdoc/>
    public override Tensor Apply(Tensor offsets) => offsets.matmul(Matrix);      // [B, R]
}
