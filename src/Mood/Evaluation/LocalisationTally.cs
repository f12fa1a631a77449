using MoodStream.Mood.Metrics;

namespace MoodStream.Mood.Evaluation;

/// <summary>Result of one way to make heat maps.</summary>
/// <param name="ImageAuroc">AUROC of whole images by the largest value of their maps; 0.5 is chance.</param>
/// <param name="Pixels">The same for pixels, and the overlap of the regions.</param>
/// <param name="IdCount">Number of in-distribution images.</param>
/// <param name="OodCount">Number of out-of-distribution images.</param>
public sealed record LocalisationMetrics(double ImageAuroc, PixelMetrics Pixels, int IdCount, int OodCount);

/// <summary>Gathers the heat maps of a test set, image by image.</summary>
/// <remarks>Memory: see <see cref="PixelScores"/>. Thread-safety: owned by one thread.</remarks>
public sealed class LocalisationTally
{
    private readonly List<double> _id = [];
    private readonly List<double> _ood = [];
    private readonly PixelScores _pixels = new();

    /// <summary>Adds one image.</summary>
    /// <param name="score">Score of the image as a whole; larger is further out.</param>
    /// <param name="map">Score of each pixel, [H·W]; NaN for a pixel that the backbone never saw.</param>
    /// <param name="truth">The OOD regions; null for an in-distribution image.</param>
    /// <exception cref="ArgumentException">Map and truth differ in size, or the score is no number.</exception>
    public void Add(double score, ReadOnlySpan<float> map, MaskRegions? truth)
    {
        if (!double.IsFinite(score)) throw new ArgumentException($"A score of {score} ranks nothing.", nameof(score));
        _pixels.Add(map, truth);
        (truth is null ? _id : _ood).Add(score);
    }

    /// <summary>The metrics of all images.</summary>
    /// <exception cref="InvalidOperationException">There is no in-distribution or no out-of-distribution
    /// image.</exception>
    public LocalisationMetrics Metrics()
    {
        if (_id.Count == 0 || _ood.Count == 0)
            throw new InvalidOperationException("Images with and without a mask are wanted.");
        var auroc = RocCurve.AurocOf([.. _id], [.. _ood]);
        return new LocalisationMetrics(auroc, _pixels.Metrics(), _id.Count, _ood.Count);
    }
}
