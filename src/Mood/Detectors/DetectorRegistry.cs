using System.Diagnostics.CodeAnalysis;
using MoodStream.Mood.Statistics;

namespace MoodStream.Mood.Detectors;

/// <summary>Every detector by name. Closed: a name in stored statistics means the same for good.</summary>
public static class DetectorRegistry
{
    /// <summary>
    /// Mahalanobis++: class means and tied covariance of L2-normalised features, OAS shrinkage. Without labels, one
    /// Gaussian.
    /// </summary>
    public static Detector MahalanobisPlusPlus { get; } =
        new GaussianDetector("mahalanobis++", new GaussianRecipe { Scaling = FeatureScaling.UnitLength });

    /// <summary>The same on features as they are.</summary>
    public static Detector Mahalanobis { get; } = new GaussianDetector("mahalanobis", new GaussianRecipe());

    /// <summary>
    /// What the MOOD release does: L2-normalised features, one global Gaussian, labels ignored, pseudo-inverse.
    /// </summary>
    public static Detector MoodParity { get; } = new GaussianDetector("mood-parity", new GaussianRecipe
    {
        Scaling = FeatureScaling.UnitLengthWithOffset,
        UsesLabels = false,
        Shrinkage = Shrinkage.None,
        RelativeEigenCut = EigenCut.UsualRelativeCut,
    });

    /// <summary>
    /// Just enough shrinkage that grey images, whose colours depend on each other, and fewer images than pixels can be
    /// fitted. More of it, OAS included, moves the floor on smooth images by several hundredths.
    /// </summary>
    private const double PixelShrinkage = 1e-4;

    /// <summary>One Gaussian on mean-pooled pixels, all but unshrunk: the floor that every table prints.</summary>
    public static Detector Pixels { get; } = new GaussianDetector("pixels", new GaussianRecipe
    {
        Input = DetectorInput.Pixels,
        UsesLabels = false,
        Shrinkage = Shrinkage.Fixed(PixelShrinkage),
    });

    /// <summary>The detector used where none is named.</summary>
    public static Detector Usual => MahalanobisPlusPlus;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Detector> All { get; } = [MahalanobisPlusPlus, Mahalanobis, MoodParity, Pixels];

    /// <summary>Finds a detector by its exact name.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out Detector? detector)
    {
        detector = All.FirstOrDefault(d => d.Name == name);
        return detector is not null;
    }

    /// <summary>Finds a detector by its exact name.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those there are.</exception>
    public static Detector Get(string name) => TryGet(name, out var detector)
        ? detector
        : throw new ArgumentException($"There is no detector '{name}'; there are {string.Join(", ", All)}.", nameof(name));
}
