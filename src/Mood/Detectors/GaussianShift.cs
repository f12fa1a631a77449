using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>How far one fitted Gaussian lies from another.</summary>
/// <param name="Mean">Length of the shift of the mean in the whitened space of the reference, ‖L⁻¹(μ − μ₀)‖: in standard deviations; a
/// mean of n rows moves by √(D / n) by chance.</param>
/// <param name="LogDeterminant">Change of ln det Σ: above 0 where the covariance has grown. Null where a covariance was cut to fewer
/// directions, and has no determinant.</param>
public readonly record struct GaussianShift(double Mean, double? LogDeterminant)
{
    /// <summary>Compares the Gaussians of two detectors.</summary>
    /// <param name="reference">The one that is measured with.</param>
    /// <param name="other">The other.</param>
    /// <returns>The shift; null where one of them has no Gaussian, or they are of rows of different lengths.</returns>
    public static GaussianShift? Between(FittedDetector reference, FittedDetector other)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(other);
        return reference.Gaussian is { } one && other.Gaussian is { } two && one.Dimension == two.Dimension ? Between(one, two) : null;
    }

    private static GaussianShift Between(FittedGaussian reference, FittedGaussian other)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var whitened = reference.Whitening.Apply((other.Mean - reference.Mean).unsqueeze(0));              // [1, R]
        double? change = (reference.Whitening, other.Whitening) is (CholeskyFactor before, CholeskyFactor after)
            ? after.LogDeterminant() - before.LogDeterminant()
            : null;
        return new GaussianShift(Math.Sqrt(Reduce.Total(whitened.square())), change);
    }
}
