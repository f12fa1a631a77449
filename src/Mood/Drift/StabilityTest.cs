namespace MoodStream.Mood.Drift;

/// <summary>
/// Population stability index of a window of p-values against uniform, Σ (w − r) ln(w / r) over bins of equal chance r.
/// </summary>
/// <remarks>
/// Under no change the index over (1/m + 1/n) is about χ² with bins − 1 degrees of freedom: the limit is never below what
/// that explains, so that a small calibration set does not alarm by itself.
/// </remarks>
internal sealed class StabilityTest(int window, double index, int calibrationSize) : IDriftTest
{
    private const int Bins = 10;

    /// <summary>Share of an empty bin.</summary>
    private const double Floor = 1e-4;

    /// <summary>χ² of nine degrees of freedom that is passed once in a million.</summary>
    private const double Noise = 45.1;

    private readonly int[] _counts = new int[Bins];
    private int _count;

    /// <inheritdoc/>
    public string Name => DriftMonitor.Stability;

    /// <inheritdoc/>
    public bool ComparesWithStatistics => true;

    /// <inheritdoc/>
    public double Value { get; private set; }

    /// <inheritdoc/>
    public double Limit { get; } = Math.Max(index, Noise * (1.0 / window + 1.0 / calibrationSize));

    /// <inheritdoc/>
    public bool Observe(in DriftObservation image)
    {
        _counts[Math.Min((int)(image.PValue * Bins), Bins - 1)]++;
        if (++_count < window) return false;
        Value = _counts.Sum(count => Term(Math.Max(count / (double)window, Floor)));
        _count = 0;
        Array.Clear(_counts);
        return Value > Limit;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(_counts);
        (_count, Value) = (0, 0);
    }

    private static double Term(double share) => (share - 1.0 / Bins) * Math.Log(share * Bins);
}
