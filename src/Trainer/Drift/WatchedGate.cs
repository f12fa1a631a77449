using System.Runtime.InteropServices;
using MoodStream.Contracts;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Drift;
using MoodStream.Mood.Gates;
using static TorchSharp.torch;

namespace MoodStream.Trainer.Drift;

/// <summary>What a gate's images are watched with: the statistics that judge them.</summary>
/// <param name="version">Statistics version.</param>
/// <param name="statistics">The statistics; owned.</param>
internal sealed class WatchedGate(long version, GateStatistics statistics) : IDisposable
{
    /// <summary>Statistics version.</summary>
    public long Version => version;

    /// <summary>Begins a monitor anew with these statistics.</summary>
    public void Begin(DriftMonitor monitor) => monitor.Begin(statistics);

    /// <summary>An image as a monitor looks at it.</summary>
    /// <param name="image">An image with a p-value, judged by this version.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>The observation; its feature is empty where it cannot be used.</returns>
    public DriftObservation Observation(ImageScored image, ulong seed) => DriftObservation.Of(
        image.ImageId, image.PValue!.Value, statistics.CalibrationCount, seed, Feature(image), ClassOf(image));

    /// <inheritdoc/>
    public void Dispose() => statistics.Dispose();

    private double[] Feature(ImageScored image)
    {
        if (statistics.Detector.Detector is not IMomentDetector detector || image.Feature.Length != 2 * statistics.FeatureDimension) return [];
        double[] values = [.. MemoryMarshal.Cast<byte, Half>(image.Feature).ToArray().Select(h => (double)h)];
        if (!Array.TrueForAll(values, double.IsFinite) || Array.TrueForAll(values, v => v == 0)) return [];
        using var scope = NewDisposeScope();
        return detector.Scale(tensor(values).unsqueeze(0)).data<double>().ToArray();
    }

    private int ClassOf(ImageScored image) =>
        image.NearestClass is { } k && k >= 0 && k < statistics.Detector.ClassCount ? k : 0;
}
