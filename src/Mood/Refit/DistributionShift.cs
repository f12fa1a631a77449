using MoodStream.Mood.Detectors;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Refit;

/// <summary>
/// How far moments lie from fitted statistics, seen with the statistics' own whitening A, in which the images they were
/// fitted to have mean 0 and covariance I.
/// </summary>
/// <param name="Mean">
/// Largest shift of a class mean, ‖A(μ − μ_ref)‖, less what sampling alone explains; in whitened standard deviations.
/// </param>
/// <param name="LogDeterminant">ln det Σ − ln det Σ_ref for each direction that A measures, in nats.</param>
/// <param name="Spread">
/// Largest variance along any direction, the largest eigenvalue of A Σ Aᵀ, over the one that sampling alone makes of I.
/// </param>
/// <remarks>
/// Source: Marchenko and Pastur 1967 for the edge (1 + √(R/n + R/n_ref))² of the eigenvalues under no change; the rest
/// is the definition. Differs: the covariance is shrunk with the intensity ρ of the reference, so that both are biased
/// alike; n are effective sizes; the reference's uncertainty is added to R/n, which is exact for small R/n_ref only.
/// </remarks>
public readonly record struct DistributionShift(double Mean, double LogDeterminant, double Spread)
{
    /// <summary>Eigenvalues below this count as this, so that a lost direction is a number.</summary>
    private const double Floor = 1e-300;

    /// <summary>Compares.</summary>
    /// <param name="reference">Statistics of a detector that is fitted from moments.</param>
    /// <param name="moments">Moments of rows scaled by the same detector.</param>
    /// <exception cref="ArgumentException">The statistics have no Gaussian, or are of another dimension.</exception>
    /// <returns>The shift; NaN throughout where the moments are not finite.</returns>
    /// <exception cref="StatisticsException">There is no row.</exception>
    /// <remarks>Cost: O(D³). Thread-safety: pure.</remarks>
    public static DistributionShift Between(GateStatistics reference, ClassMoments moments)
    {
        var gaussian = reference.Detector.Gaussian
            ?? throw new ArgumentException($"{reference.Detector.Detector} has no Gaussian to compare with.", nameof(reference));
        if (gaussian.Dimension != moments.Dimension)
            throw new ArgumentException($"{moments.Dimension} features where {gaussian.Dimension} are wanted.", nameof(moments));
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var whitened = WhitenedCovariance(gaussian, moments);                            // [R, R]
        if (!whitened.isfinite().all().item<bool>()) return new DistributionShift(double.NaN, double.NaN, double.NaN);
        var eigenvalues = linalg.eigvalsh(whitened);                                     // [R] rising
        double size = moments.EffectiveSize, referenceSize = gaussian.Diagnostics.EffectiveSize, rank = gaussian.Rank;
        var edge = Math.Pow(1 + Math.Sqrt(rank / size + rank / referenceSize), 2);
        return new DistributionShift(
            MeanShift(gaussian, moments, Reduce.Total(eigenvalues)),
            Reduce.Total(eigenvalues.clamp_min(Floor).log()) / rank,
            eigenvalues[-1].item<double>() / edge);
    }

    private static Tensor WhitenedCovariance(FittedGaussian reference, ClassMoments moments)
    {
        var byClass = ((IMomentDetector)reference.Detector).UsesLabels;
        var covariance = byClass ? moments.TiedCovariance() : moments.GlobalCovariance();  // [D, D]
        var shrunk = Shrinkage.Apply(covariance, reference.Diagnostics.ShrinkageIntensity);
        var half = reference.Whitening.Apply(shrunk);                                      // Σ Aᵀ, [D, R]
        var whole = reference.Whitening.Apply(half.t().contiguous());                      // A Σ Aᵀ, [R, R]
        return (whole + whole.t()) / 2;
    }

    /// <summary>
    /// Under no change ‖A(μ − μ_ref)‖² has the mean tr(A Σ Aᵀ) (1/n + 1/n_ref); that is taken off.
    /// </summary>
    private static double MeanShift(FittedGaussian reference, ClassMoments moments, double trace)
    {
        var byClass = reference.ClassCount > 1 && reference.ClassCount == moments.ClassCount;
        using var total = moments.Total();
        var means = byClass ? moments.Means : total.Mean.unsqueeze(0);                     // [K, D]
        var offsets = means - (byClass ? reference.ClassMeans : reference.Mean.unsqueeze(0));
        var squared = reference.Whitening.Apply(offsets).square().sum(1);                  // [K]
        var weights = byClass ? moments.Weights : tensor([total.Weight], ScalarType.Float64);
        var squaredWeights = byClass ? moments.SquaredWeights : tensor([total.SquaredWeight], ScalarType.Float64);
        var sizes = weights.square() / squaredWeights;                                     // [K], NaN without rows
        var referenceSizes = reference.Diagnostics.EffectiveSize * weights / total.Weight; // [K]
        var noise = trace * (sizes.reciprocal() + referenceSizes.reciprocal());            // [K]
        return (squared - noise).nan_to_num(0).clamp_min(0).max().sqrt().item<double>();
    }
}
