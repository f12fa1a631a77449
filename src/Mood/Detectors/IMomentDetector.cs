using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>
/// A detector whose fit needs no more of the rows than their moments, so that it can be fitted to a stream whose rows
/// are gone.
/// </summary>
public interface IMomentDetector
{
    /// <summary>Whether moments are kept by class; if not, one class is enough.</summary>
    bool UsesLabels { get; }

    /// <summary>The rows as their moments are to be gathered: the scaling comes before the moments.</summary>
    /// <param name="inputs">Rows, shape [B, D], any floating type.</param>
    /// <returns>Scaled rows, shape [B, D], float64; where nothing was to be changed they share the inputs' memory. The caller disposes
    /// them.</returns>
    /// <exception cref="ArgumentException">The shape is not [B, D], or the type is not floating.</exception>
    /// <exception cref="StatisticsException">A row holds NaN or infinity, or has no direction.</exception>
    Tensor Scale(Tensor inputs);

    /// <summary>Fits to moments gathered earlier, from rows that went through <see cref="Scale"/>.</summary>
    /// <param name="moments">Class moments of scaled rows; where labels are not used, they are ignored.</param>
    /// <returns>The fitted detector, equal to one fitted to the rows up to rounding. The caller disposes it.</returns>
    /// <exception cref="StatisticsException">The moments do not allow a fit; the fault says why.</exception>
    FittedDetector Fit(ClassMoments moments);
}
