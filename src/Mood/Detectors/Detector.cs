using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>What a detector looks at.</summary>
public enum DetectorInput
{
    /// <summary>Features of the backbone, shape [B, D].</summary>
    Features,

    /// <summary>
    /// Mean-pooled pixels of the image itself, shape [B, <see cref="PixelFeatures.Count"/>], values in [0, 1].
    /// </summary>
    Pixels,

    /// <summary>
    /// Both, side by side: features, then pixels, shape [B, D + <see cref="PixelFeatures.Count"/>]. Only combinations.
    /// </summary>
    FeaturesAndPixels,
}

/// <summary>
/// A way to tell in-distribution from out-of-distribution rows. Scores are larger for rows further out, always.
/// </summary>
public abstract class Detector
{
    private protected Detector(string name, DetectorInput input) => (Name, Input) = (name, input);

    /// <summary>The name by which it is chosen and stored.</summary>
    public string Name { get; }

    /// <summary>What it looks at.</summary>
    public DetectorInput Input { get; }

    /// <summary>Whether labels make a difference to the fit.</summary>
    public abstract bool UsesLabels { get; }

    /// <summary>Whether a fit needs the backbone's classifier, for logits or for the space it looks at.</summary>
    public virtual bool NeedsClassifier => false;

    /// <summary>Fewest classes that a fit needs; 1 where labels are not needed.</summary>
    public virtual int FewestClasses => 1;

    /// <summary>What a fit needs that is not at hand, as a sentence that names the detector and says what to do.</summary>
    /// <param name="classes">Number of labelled classes; 1 without labels.</param>
    /// <param name="classifier">The backbone's last layer; null if it has none.</param>
    /// <returns>The sentence; null where nothing is lacking.</returns>
    public string? Lacks(int classes, LinearClassifier? classifier)
    {
        if (NeedsClassifier && classifier is null)
            return $"The detector {Name} needs logits, and this backbone has no classifier: "
                + "take a fine-tuned checkpoint, or a detector that looks at features alone.";
        return classes >= FewestClasses
            ? null
            : $"The detector {Name} needs labels of {FewestClasses} classes or more, and there {Count(classes)}: "
                + $"give labels, or take a detector of one class such as {DetectorRegistry.Usual}.";
    }

    /// <summary>Fits to in-distribution rows.</summary>
    /// <param name="inputs">Rows, shape [N, D], any floating type.</param>
    /// <param name="labels">Class of each row, shape [N], int64, values 0..K−1, each present; null for one
    /// class.</param>
    /// <param name="classifier">The backbone's last layer; needed if <see cref="NeedsClassifier"/>. Others ignore it,
    /// save <c>residual</c>, which takes its origin from it where there is one.</param>
    /// <returns>The fitted detector. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes disagree, a type is wrong, or a classifier is needed and there is
    /// none, or one of other features.</exception>
    /// <exception cref="Statistics.StatisticsException">The rows do not allow a fit; the fault says why.</exception>
    public abstract FittedDetector Fit(Tensor inputs, Tensor? labels = null, LinearClassifier? classifier = null);

    /// <summary>
    /// A detector fitted earlier, from its <see cref="FittedDetector.State"/>. The tensors are copied.
    /// </summary>
    /// <exception cref="Statistics.StatisticsException">The state is incomplete or contradicts itself.</exception>
    public abstract FittedDetector Restore(IReadOnlyDictionary<string, Tensor> state);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static string Count(int classes) => classes == 1 ? "is one" : $"are {classes}";
}
