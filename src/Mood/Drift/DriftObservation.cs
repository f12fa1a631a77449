using MoodStream.Mood.Calibration;

namespace MoodStream.Mood.Drift;

/// <summary>What a drift monitor looks at of one image.</summary>
public readonly ref struct DriftObservation
{
    /// <summary>Smoothed p-value, in (0, 1): uniform under no change.</summary>
    public required double PValue { get; init; }

    /// <summary>A draw in (0, 1), independent of the one that smoothed the p-value.</summary>
    public required double Draw { get; init; }

    /// <summary>The feature as the detector scales it, length D; empty where it is not known.</summary>
    public ReadOnlySpan<double> Feature { get; init; }

    /// <summary>Nearest class, from 0; 0 where the statistics know one class.</summary>
    public int NearestClass { get; init; }

    /// <summary>Of an image as it was judged, with draws that belong to its id.</summary>
    /// <param name="imageId">The image's id.</param>
    /// <param name="pValue">Conformal p-value, in (0, 1].</param>
    /// <param name="calibrationSize">Calibration scores behind it, at least 1.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="feature">The feature as the detector scales it; empty where it is not known.</param>
    /// <param name="nearestClass">Nearest class, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The p-value is none of a set of that size.</exception>
    public static DriftObservation Of(
        string imageId, double pValue, int calibrationSize, ulong seed, ReadOnlySpan<double> feature = default, int nearestClass = 0) =>
        new()
        {
            PValue = ImageDraw.Smoothed(pValue, calibrationSize, ImageDraw.Of(imageId, seed)),
            Draw = ImageDraw.Of(imageId, ~seed),
            Feature = feature,
            NearestClass = nearestClass,
        };
}
