using MoodStream.Mood.Detectors;
using static TorchSharp.torch;

namespace MoodStream.Mood.Drift;

/// <summary>
/// Whether the mean feature of a window, each feature seen from its nearest class mean, has left the statistics: it must
/// lie too far, and farther than sampling explains.
/// </summary>
/// <param name="window">Images of a window m.</param>
/// <param name="share">Allowed distance in units of √R whitened standard deviations.</param>
/// <param name="reference">The statistics' Gaussian, not owned; it outlives the test.</param>
/// <remarks>
/// Under no change ‖A(mean − μ)‖² / (1/m + 1/n) is χ² with R degrees of freedom; its quantile is Wilson and Hilferty's
/// (1931). Images without a feature are left out. Cost: O(D) an image, O(D²) a window.
/// </remarks>
internal sealed class FeatureMeanTest(int window, double share, FittedGaussian reference) : IDriftTest
{
    /// <summary>Standard normal quantile that is passed once in a million.</summary>
    private const double Quantile = 4.7534;

    private readonly double[][] _means = [.. Enumerable.Range(0, reference.ClassCount).Select(k => reference.ClassMeans[k].data<double>().ToArray())];
    private readonly double[] _sum = new double[reference.Dimension];
    private int _count;

    /// <inheritdoc/>
    public string Name => DriftMonitor.FeatureMean;

    /// <inheritdoc/>
    public bool ComparesWithStatistics => true;

    /// <summary>Distance of the mean of the last window beyond sampling noise, in whitened standard deviations.</summary>
    public double Value { get; private set; }

    /// <inheritdoc/>
    public double Limit { get; } = share * Math.Sqrt(reference.Rank);

    /// <inheritdoc/>
    public bool Observe(in DriftObservation image)
    {
        if (image.Feature.IsEmpty) return false;
        if (image.Feature.Length != _sum.Length || (uint)image.NearestClass >= (uint)_means.Length)
            throw new ArgumentException(
                $"A feature of length {image.Feature.Length} and class {image.NearestClass} where {_sum.Length} features and "
                + $"{_means.Length} classes are known.", nameof(image));
        var mean = _means[image.NearestClass];
        for (var i = 0; i < _sum.Length; i++) _sum[i] += image.Feature[i] - mean[i];
        if (++_count < window) return false;
        var alarms = Measure();
        Array.Clear(_sum);
        _count = 0;
        return alarms;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(_sum);
        (_count, Value) = (0, 0);
    }

    private bool Measure()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var offset = tensor(_sum, ScalarType.Float64).div_(_count).unsqueeze(0);                 // [1, D]
        var squared = reference.Whitening.Apply(offset).square().sum(1).item<double>();
        double rank = reference.Rank, noise = 1.0 / _count + 1 / reference.Diagnostics.EffectiveSize;
        Value = Math.Sqrt(Math.Max(0, squared - rank * noise));
        var quantile = rank * Math.Pow(1 - 2 / (9 * rank) + Quantile * Math.Sqrt(2 / (9 * rank)), 3);
        return Value > Limit && squared / noise > quantile;
    }
}
