using MoodStream.Mood.Statistics;

namespace MoodStream.Mood.Detectors;

/// <summary>How a Gaussian detector turns rows into class means and one covariance.</summary>
public sealed record GaussianRecipe
{
    /// <summary>What it looks at.</summary>
    public DetectorInput Input { get; init; } = DetectorInput.Features;

    /// <summary>What is done to the length of each row.</summary>
    public FeatureScaling Scaling { get; init; } = FeatureScaling.None;

    /// <summary>
    /// Whether labels give each class its own mean, with the tied covariance W / n; if not, one mean and the global T /
    /// n.
    /// </summary>
    public bool UsesLabels { get; init; } = true;

    /// <summary>Shrinkage of the covariance.</summary>
    public Shrinkage Shrinkage { get; init; } = Shrinkage.Oas;

    /// <summary>
    /// Null: the Cholesky factor, and a singular covariance is refused. Else the pseudo-inverse without the directions
    /// whose eigenvalue is at most this share of the largest, in (0, 1).
    /// </summary>
    public double? RelativeEigenCut { get; init; }

    /// <summary>
    /// Whether each feature is first divided by its standard deviation, as SSD does. Without a cut that changes nothing
    /// but rounding; with one it decides which directions are cut. Needs <see cref="RelativeEigenCut"/>.
    /// </summary>
    public bool Standardises { get; init; }

    /// <summary>
    /// Whether the score is −ln N(x; μ, Σ) = (distance + ln det 2πΣ) / 2 in place of the squared distance: the same order
    /// of images, on the scale of a likelihood.
    /// </summary>
    public bool IsLogDensity { get; init; }
}
