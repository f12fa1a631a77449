using MoodStream.Mood.Calibration;

namespace MoodStream.Mood.Drift;

/// <summary>
/// Kolmogorov-Smirnov test of a window of p-values against uniform, with the uncertainty of the n calibration scores that
/// made them: as of nm / (n + m) draws for a window of m.
/// </summary>
/// <remarks>Source: Smirnov 1939; Marsaglia, Tsang and Wang 2003. One window follows the other without overlap.</remarks>
internal sealed class UniformityTest(int window, double level, int calibrationSize) : IDriftTest
{
    private readonly double[] _values = new double[window];
    private int _count;

    /// <inheritdoc/>
    public string Name => DriftMonitor.KolmogorovSmirnov;

    /// <inheritdoc/>
    public bool ComparesWithStatistics => true;

    /// <summary>−log₁₀ of the chance of so large a distance under no change.</summary>
    public double Value { get; private set; }

    /// <inheritdoc/>
    public double Limit { get; } = -Math.Log10(level);

    /// <inheritdoc/>
    public bool Observe(in DriftObservation image)
    {
        _values[_count++] = image.PValue;
        if (_count < window) return false;
        _count = 0;
        Array.Sort(_values);
        double distance = 0;
        for (var i = 0; i < window; i++)
            distance = Math.Max(distance, Math.Max(_values[i] - i / (double)window, (i + 1) / (double)window - _values[i]));
        var draws = (int)Math.Max(1, Math.Round(window * (double)calibrationSize / (window + calibrationSize)));
        Value = -Math.Log10(Math.Max(KolmogorovDistribution.Tail(distance, draws), double.Epsilon));
        return Value > Limit;
    }

    /// <inheritdoc/>
    public void Reset() => (_count, Value) = (0, 0);
}

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
