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
