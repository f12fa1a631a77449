namespace MoodStream.Mood.Localisation;

/// <summary>What heat maps are drawn with: a fitted Gaussian of patches, and what the colours stand for.</summary>
/// <remarks>Thread-safety: as <see cref="PatchGaussian"/>, which it owns.</remarks>
public sealed class PatchStatistics : IDisposable
{
    /// <summary>Puts them together. They own the Gaussian from here on.</summary>
    /// <param name="gaussian">The fitted Gaussian.</param>
    /// <param name="scale">Scale of the colours, from held-out images.</param>
    /// <param name="fitCount">Number of images behind the fit, at least 1.</param>
    /// <param name="calibrationCount">Number of held-out images behind the scale, at least 1.</param>
    public PatchStatistics(PatchGaussian gaussian, HeatMapScale scale, int fitCount, int calibrationCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fitCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(calibrationCount, 1);
        (Gaussian, Scale, FitCount, CalibrationCount) = (gaussian, scale, fitCount, calibrationCount);
    }

    /// <summary>The fitted Gaussian, owned by this object.</summary>
    public PatchGaussian Gaussian { get; }

    /// <summary>What the colours stand for.</summary>
    public HeatMapScale Scale { get; }

    /// <summary>Number of images behind the fit.</summary>
    public int FitCount { get; }

    /// <summary>Number of held-out images behind the scale.</summary>
    public int CalibrationCount { get; }

    /// <inheritdoc/>
    public void Dispose() => Gaussian.Dispose();
}
