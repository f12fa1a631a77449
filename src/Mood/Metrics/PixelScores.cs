namespace MoodStream.Mood.Metrics;

/// <summary>How well maps of pixels find the regions of a ground truth. OOD is the positive class.</summary>
/// <param name="Auroc">
/// Probability that a random OOD pixel scores above a random ID pixel, over all images together, ties counting half;
/// 0.5
/// is chance.
/// </param>
/// <param name="Pro">
/// Per-region overlap: area under the mean overlap of the regions against the false-positive rate of pixels, up to
/// <paramref name="FprLimit"/>, divided by it; 1 is best, half the limit is chance.
/// </param>
/// <param name="FprLimit">Largest false-positive rate of the overlap's area.</param>
/// <param name="Regions">Number of connected OOD regions.</param>
/// <param name="OodPixels">Number of OOD pixels.</param>
/// <param name="IdPixels">Number of ID pixels, those of OOD images outside their regions included.</param>
public sealed record PixelMetrics(
    double Auroc, double Pro, double FprLimit, int Regions, long OodPixels, long IdPixels);

/// <summary>Gathers the pixels of maps and their ground truth, image by image; exact, without bins.</summary>
/// <remarks>
/// Source: Bergmann, Batzner, Fauser, Sattlegger and Steger 2021, "The MVTec Anomaly Detection Dataset", International
/// Journal of Computer Vision 129, section 5.2.1 (per-region overlap, limit 0.3).
/// Convention: a threshold t calls pixels with a score of at least t OOD; each distinct score is a threshold; between
/// two the curve is a straight line; regions are connected at edges and corners, and each counts the same.
/// Differs: the area is summed pixel by pixel in closed form, which is the same number without a curve.
/// Memory: 4 bytes for each pixel; scores are compared in float32. Thread-safety: owned by one thread.
/// </remarks>
public sealed class PixelScores
{
    /// <summary>The usual limit of the false-positive rate.</summary>
    public const double UsualFprLimit = 0.3;

    /// <summary>Most pixels that are gathered: 1 GiB of scores.</summary>
    public const int MostPixels = 1 << 28;

    private readonly List<float> _id = [];
    private readonly List<List<float>> _regions = [];

    /// <summary>Adds one image.</summary>
    /// <param name="map">Score of each pixel, [H·W]; larger is further out; NaN, for a pixel that was never looked at,
    /// ranks below all others.</param>
    /// <param name="truth">The OOD regions; null for an in-distribution image.</param>
    /// <exception cref="ArgumentException">Map and truth differ in size.</exception>
    /// <exception cref="InvalidOperationException">There would be more than <see cref="MostPixels"/>.</exception>
    public void Add(ReadOnlySpan<float> map, MaskRegions? truth)
    {
        if (truth is not null && truth.RegionOf.Count != map.Length)
            throw new ArgumentException($"The map has {map.Length} pixels, the truth {truth.RegionOf.Count}.",
                nameof(map));
        if ((long)_id.Count + map.Length > MostPixels)
            throw new InvalidOperationException(
                $"There are more than {MostPixels:N0} pixels; evaluate fewer or smaller images.");
        var first = _regions.Count;
        for (var r = 0; r < (truth?.Count ?? 0); r++) _regions.Add([]);
        for (var i = 0; i < map.Length; i++)
        {
            var region = truth?.RegionOf[i] ?? -1;
            (region < 0 ? _id : _regions[first + region]).Add(float.IsNaN(map[i]) ? float.NegativeInfinity : map[i]);
        }
    }

    /// <summary>The metrics of all that was added.</summary>
    /// <param name="fprLimit">Largest false-positive rate of the overlap's area, in (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is outside (0, 1].</exception>
    /// <exception cref="InvalidOperationException">There is no ID pixel, or no OOD region.</exception>
    /// <remarks>Cost: O(n log n).</remarks>
    public PixelMetrics Metrics(double fprLimit = UsualFprLimit)
    {
        if (!(fprLimit is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(fprLimit), fprLimit, "The limit is outside (0, 1].");
        if (_id.Count == 0 || _regions.Count == 0)
            throw new InvalidOperationException("There is no in-distribution pixel, or no out-of-distribution region.");
        var id = _id.ToArray();
        Array.Sort(id);
        double pairs = 0, overlap = 0;
        foreach (var region in _regions)
        {
            double area = 0;
            foreach (var score in region)
            {
                int below = Below(id, score), upTo = UpTo(id, score);
                pairs += (below + upTo) / 2.0;                                   // ties count half
                area += Area((double)(id.Length - upTo) / id.Length, (double)(id.Length - below) / id.Length, fprLimit);
            }
            overlap += area / region.Count;
        }
        long ood = _regions.Sum(r => (long)r.Count);
        return new PixelMetrics(
            pairs / ood / id.Length, overlap / _regions.Count / fprLimit, fprLimit, _regions.Count, ood, id.Length);
    }

    /// <summary>
    /// What one pixel adds to the area: nothing before the rate at which it is found, a ramp from <paramref
    /// name="from"/>
    /// to <paramref name="to"/> where ID pixels tie with it, 1 from there on.
    /// </summary>
    private static double Area(double from, double to, double limit)
    {
        if (from >= limit) return 0;
        return to <= limit
            ? (to - from) / 2 + limit - to
            : (limit - from) * (limit - from) / (2 * (to - from));
    }

    private static int Below(float[] sorted, float score) => FirstPast(sorted, score, equalToo: true);

    private static int UpTo(float[] sorted, float score) => FirstPast(sorted, score, equalToo: false);

    private static int FirstPast(float[] sorted, float score, bool equalToo)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (sorted[middle] > score || (equalToo && sorted[middle] == score)) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
