namespace MoodStream.Gateway.Live;

/// <summary>Counts of latencies in logarithmic classes: mergeable, of fixed size, quantiles within 5 %.</summary>
/// <remarks>Thread-safety: owned by its caller.</remarks>
internal sealed class LatencyHistogram
{
    private const double LeastMs = 0.1;
    private const double Growth = 1.1;
    private const int Classes = 200; // 0.1 ms to 5 hours

    private readonly int[] _counts = new int[Classes];

    /// <summary>How many latencies were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts a latency, in milliseconds, ≥ 0. What lies beyond the last class counts there.</summary>
    public void Add(double latencyMs)
    {
        var place = latencyMs <= LeastMs ? 0 : (int)Math.Ceiling(Math.Log(latencyMs / LeastMs, Growth));
        _counts[Math.Min(place, Classes - 1)]++;
        Count++;
    }

    /// <summary>Adds all counts of another histogram.</summary>
    public void Merge(LatencyHistogram other)
    {
        for (var i = 0; i < Classes; i++) _counts[i] += other._counts[i];
        Count += other.Count;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    /// <summary>The latency, in milliseconds, that this share of all latencies does not exceed; null where there are none.</summary>
    /// <param name="share">In (0, 1].</param>
    public double? Quantile(double share)
    {
        if (Count == 0) return null;
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        var seen = 0L;
        for (var i = 0; i < Classes; i++)
        {
            seen += _counts[i];
            // The middle of a class on the logarithmic scale is at most 5 % from either of its ends.
            if (seen >= rank) return LeastMs * Math.Pow(Growth, i - 0.5);
        }
        return null;
    }
}
