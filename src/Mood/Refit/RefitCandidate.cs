using MoodStream.Mood.Gates;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Refit;

/// <summary>New statistics that are not published yet, with what they are judged by. Nothing here is owned.</summary>
public sealed record RefitCandidate
{
    /// <summary>The new statistics, of a detector that is fitted from moments.</summary>
    public required GateStatistics Statistics { get; init; }

    /// <summary>The moments that they were fitted from.</summary>
    public required ClassMoments Moments { get; init; }

    /// <summary>
    /// In-distribution rows that are neither in the moments nor in the calibration, as the backbone made them, shape
    /// [m, D], any floating type.
    /// </summary>
    public required Tensor FreshInputs { get; init; }

    /// <summary>
    /// In-distribution rows that would be fresh had the active version not held them back, and nobody has let them pass yet: nothing is
    /// known of them but that they scored above its threshold. At least 0.
    /// </summary>
    public int HeldBack { get; init; }

    /// <summary>
    /// Rows that people confirmed as OOD and that were kept, as the backbone made them, shape [o, D], any floating type;
    /// null or empty where there are none.
    /// </summary>
    public Tensor? OodInputs { get; init; }

    /// <summary>Refuses parts that do not belong together.</summary>
    /// <exception cref="ArgumentException">The detector has no Gaussian, or the dimensions disagree.</exception>
    internal void Require()
    {
        if (Statistics.Detector.Gaussian is null)
            throw new ArgumentException($"The guards know detectors that are fitted from moments, not {Statistics.Detector.Detector}.");
        if (HeldBack < 0) throw new ArgumentException($"{HeldBack} rows cannot be held back.");
        RequireDimension(Moments.Dimension, "moments");
        RequireDimension(FreshInputs.dim() == 2 ? FreshInputs.shape[1] : 0, "fresh rows");
        if (OodInputs is { } ood) RequireDimension(ood.dim() == 2 ? ood.shape[1] : 0, "OOD rows");
    }

    private void RequireDimension(long dimension, string what)
    {
        if (dimension != Statistics.FeatureDimension)
            throw new ArgumentException($"The {what} are of {dimension} features, the statistics of {Statistics.FeatureDimension}.");
    }
}
