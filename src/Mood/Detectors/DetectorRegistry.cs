using System.Diagnostics.CodeAnalysis;
using MoodStream.Mood.Statistics;

namespace MoodStream.Mood.Detectors;

/// <summary>Every detector by name. A name in stored statistics means the same for good.</summary>
public static class DetectorRegistry
{
    /// <summary>
    /// Just enough shrinkage that grey images, whose colours depend on each other, and fewer images than pixels can be
    /// fitted. More of it, OAS included, moves the floor on smooth images by several hundredths.
    /// </summary>
    private const double PixelShrinkage = 1e-4;

    private static readonly GaussianRecipe OfUnitLength = new() { Scaling = FeatureScaling.UnitLength };

    /// <summary>
    /// Mahalanobis++: class means and tied covariance of L2-normalised features, OAS shrinkage. Without labels, one
    /// Gaussian.
    /// </summary>
    public static Detector MahalanobisPlusPlus { get; } = new GaussianDetector("mahalanobis++", OfUnitLength);

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

    /// <summary>One Gaussian on mean-pooled pixels, all but unshrunk: the floor that every table prints.</summary>
    public static Detector Pixels { get; } = new GaussianDetector("pixels", new GaussianRecipe
    {
        Input = DetectorInput.Pixels,
        UsesLabels = false,
        Shrinkage = Shrinkage.Fixed(PixelShrinkage),
    });

    /// <summary>The part of a feature that training features hardly use.</summary>
    public static Detector Residual { get; } = new ResidualDetector("residual");

    /// <summary>The detector used where none is named.</summary>
    public static Detector Usual => MahalanobisPlusPlus;

    /// <summary>
    /// All that have a name of their own. Any two of them make a combination too, named as <see cref="Get"/> says.
    /// </summary>
    public static IReadOnlyList<Detector> All { get; } =
    [
        MahalanobisPlusPlus,
        Mahalanobis,
        new GaussianDetector("mahalanobis-global", new GaussianRecipe { UsesLabels = false }),
        MoodParity,
        new RelativeDetector("relative-mahalanobis", new GaussianRecipe()),
        new RelativeDetector("relative-mahalanobis++", OfUnitLength),
        new GaussianDetector("ssd", OfUnitLength with
        {
            UsesLabels = false,
            Shrinkage = Shrinkage.None,
            RelativeEigenCut = EigenCut.UsualRelativeCut,
            Standardises = true,
        }),
        new GaussianDetector("gaussian-lw", OfUnitLength with
        {
            UsesLabels = false, Shrinkage = Shrinkage.LedoitWolf, IsLogDensity = true,
        }),
        Residual,
        new NeighbourDetector("knn", new NeighbourRecipe()),
        new NeighbourDetector("knn-coreset", new NeighbourRecipe { IsCoreset = true }),
        new NeighbourDetector("cosine", new NeighbourRecipe { Neighbour = 1, IsCosine = true }),
        new KMeansDetector("kmeans"),
        new CentreDetector("euclidean", DistanceNorm.Euclidean),
        new CentreDetector("manhattan", DistanceNorm.Manhattan),
        new CentreDetector("chebyshev", DistanceNorm.Chebyshev),
        new LogitDetector("msp", LogitScores.MaxSoftmax),
        new LogitDetector("max-logit", LogitScores.MaxLogit),
        new LogitDetector("entropy", LogitScores.Entropy),
        new LogitDetector("energy", LogitScores.Energy()),
        new LogitDetector("gradnorm", LogitScores.GradNorm),
        new VimDetector("vim"),
        new NecoDetector("neco"),
        new CombinedDetector(PValueRule.Fisher, MahalanobisPlusPlus, Residual),
        new CombinedDetector(PValueRule.Maximum, MahalanobisPlusPlus, Residual),
        Pixels,
    ];

    /// <summary>Finds a detector by its exact name.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out Detector? detector)
    {
        detector = All.FirstOrDefault(d => d.Name == name) ?? CombinationName.Parse(name);
        return detector is not null;
    }

    /// <summary>
    /// Finds a detector by its exact name; <c>fisher(a,b)</c>, <c>maximum(a,b)</c> and <c>minimum(a,b)</c> combine any
    /// two others.
    /// </summary>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those there are.</exception>
    public static Detector Get(string name) => TryGet(name, out var detector)
        ? detector
        : throw new ArgumentException(
            $"There is no detector '{name}'; there are {string.Join(", ", All)}, and combinations such as "
            + $"{new CombinedDetector(PValueRule.Fisher, MahalanobisPlusPlus, Pixels)}.",
            nameof(name));

    /// <summary>Splits a list of names at the commas that are not within parentheses.</summary>
    /// <param name="names">Names separated by commas; spaces around them are ignored.</param>
    public static IReadOnlyList<string> SplitNames(string names) => CombinationName.SplitList(names);
}
