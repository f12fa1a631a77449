using System.Security.Cryptography;
using System.Text;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Gates;

namespace MoodStream.Trainer.Accumulation;

/// <summary>
/// What a feature means: moments of two spaces never meet. It is that of the gate's active version, whose classes, detector and
/// backbone a refit takes over.
/// </summary>
internal sealed record FeatureSpace
{
    private FeatureSpace(GateStatistics statistics, IMomentDetector detector)
    {
        Detector = detector;
        DetectorName = statistics.Detector.Detector.Name;
        ModelHash = statistics.Provenance.ModelHash;
        PreprocessingHash = statistics.Provenance.PreprocessingHash;
        ClassNames = statistics.Provenance.ClassNames;
        Classes = detector.UsesLabels ? statistics.Detector.ClassCount : 1;
        Dimension = statistics.FeatureDimension;
        var names = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', ClassNames))))[..8];
        Key = $"{ModelHash}/{PreprocessingHash}/{DetectorName}/{Classes}/{Dimension}/{names}";
    }

    /// <summary>The detector, which is fitted from moments.</summary>
    public IMomentDetector Detector { get; }

    /// <summary>Name of the detector.</summary>
    public string DetectorName { get; }

    /// <summary>Hash of the backbone.</summary>
    public string ModelHash { get; }

    /// <summary>Hash of the preprocessing.</summary>
    public string PreprocessingHash { get; }

    /// <summary>Name of each class; empty where classes have no names.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Number of classes K; 1 for one global Gaussian.</summary>
    public int Classes { get; }

    /// <summary>Number of features D.</summary>
    public int Dimension { get; }

    /// <summary>Two spaces are the same if their keys are.</summary>
    public string Key { get; }

    /// <summary>The space of statistics; null where their detector cannot be fitted from moments.</summary>
    public static FeatureSpace? Of(GateStatistics statistics) =>
        statistics.Detector.Detector is IMomentDetector detector ? new(statistics, detector) : null;

    /// <summary>Whether a feature of that backbone and length lies in this space.</summary>
    public bool Holds(string modelHash, string preprocessingHash, byte[] feature) =>
        modelHash == ModelHash && preprocessingHash == PreprocessingHash && feature.Length == 2 * Dimension;

    /// <summary>The class of an image out of what is known of it; null where it is none of this space.</summary>
    /// <param name="named">Name that a person gave; null for none.</param>
    /// <param name="nearest">Index of the nearest class; null for none.</param>
    public int? ClassOf(string? named, int? nearest)
    {
        if (Classes == 1) return 0;
        for (var i = 0; named is not null && i < ClassNames.Count; i++)
            if (ClassNames[i] == named) return i;
        return nearest is { } index && index >= 0 && index < Classes ? index : null;
    }

    /// <inheritdoc/>
    public bool Equals(FeatureSpace? other) => other?.Key == Key;

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);
}
