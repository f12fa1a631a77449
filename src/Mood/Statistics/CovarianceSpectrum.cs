using static TorchSharp.torch;

namespace MoodStream.Mood.Statistics;

/// <summary>What the eigenvalues of a covariance say about it.</summary>
/// <param name="Rank">Eigenvalues above the cut.</param>
/// <param name="Condition">Largest eigenvalue over the smallest one above the cut.</param>
public readonly record struct CovarianceSpectrum(int Rank, double Condition)
{
    /// <summary>
    /// Relative size below which an eigenvalue of a [D, D] matrix in float64 cannot be told from 0: D times this.
    /// </summary>
    private const double DoubleRounding = 2.220446049250313e-16;

    /// <summary>Judges a covariance at the limit of float64.</summary>
    /// <param name="covariance">Covariance, shape [D, D], float64, symmetric.</param>
    /// <exception cref="StatisticsException">It is not finite, or has no variance.</exception>
    /// <remarks>Cost: O(D³).</remarks>
    public static CovarianceSpectrum Of(Tensor covariance)
    {
        using var scope = NewDisposeScope();
        RequireVariance(covariance);
        return OfEigenvalues(linalg.eigvalsh(covariance), covariance.shape[0] * DoubleRounding);
    }

    /// <summary>Judges rising eigenvalues with a relative cut.</summary>
    internal static CovarianceSpectrum OfEigenvalues(Tensor rising, double relativeCut)
    {
        using var scope = NewDisposeScope();
        var largest = rising[-1].item<double>();
        var kept = rising.masked_select(rising.gt(relativeCut * largest));       // [R]
        return new CovarianceSpectrum((int)kept.shape[0], kept.shape[0] == 0 ? double.PositiveInfinity : largest / kept[0].item<double>());
    }

    /// <summary>Refuses a covariance without variance, or with values that are not finite.</summary>
    internal static void RequireVariance(Tensor covariance)
    {
        var trace = Reduce.Trace(covariance);
        if (!double.IsFinite(trace)) throw new StatisticsException(StatisticsFault.NotFinite, "The covariance is not finite.");
        if (trace <= 0) throw new StatisticsException(StatisticsFault.NoVariance, "All rows of each class are equal, so nothing can be measured against them.");
    }
}
