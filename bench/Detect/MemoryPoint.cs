using MoodStream.Bench.Driver;
using MoodStream.Mood.Detectors;
using static TorchSharp.torch;

namespace MoodStream.Bench.Detect;

/// <summary>What restoring <c>mahalanobis++</c> and scoring with it costs in memory, beside what it should.</summary>
/// <param name="Classes">Classes C.</param>
/// <param name="Width">Length D of a feature.</param>
/// <param name="Images">Features scored.</param>
/// <param name="StateBytes">Formula: class means, whitened class means and triangular factor, the factor once more while it
/// is checked and once while it is applied, 8 (2 C D + 3 D²).</param>
/// <param name="TemporaryBytes">Formula: rows of a chunk, 8 B (10 D + 2 C), where B D and B C stay within 32 MiB.</param>
/// <param name="MeasuredBytes">Bytes by which the resident memory of the process rose at its worst.</param>
internal sealed record MemoryPoint(
    int Classes, int Width, int Images, long StateBytes, long TemporaryBytes, long MeasuredBytes)
{
    private const long LargestTemporary = 32L << 20;
    private const int TemporariesOfRows = 10;
    private const int TemporariesOfDistances = 2;

    /// <summary>What the runtime and libtorch's threads may take beside.</summary>
    private const long Slack = 64L << 20;

    /// <summary>Measured over both formulas together.</summary>
    public double Ratio => (double)MeasuredBytes / (StateBytes + TemporaryBytes);

    /// <summary>Whether no more was needed than stated.</summary>
    public bool Met => MeasuredBytes <= StateBytes + TemporaryBytes + Slack;

    /// <summary>Bytes of all distances at once, which are never held.</summary>
    public long AllDistancesBytes => sizeof(double) * (long)Images * Classes;

    /// <summary>Measures in this process; it should have done nothing else.</summary>
    /// <exception cref="PlatformNotSupportedException">The system does not count memory.</exception>
    public static MemoryPoint Measure(int classes, int width, int images, int seed)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(seed);
        using var small = DetectorRegistry.MahalanobisPlusPlus.Fit(randn(64, 4), arange(64L).remainder(2));
        small.Score(randn(512, 4));                                     // starts libtorch's threads and the compiler
        randn(512, 512).matmul(randn(512, 512)).Dispose();
        var state = small.State.ToDictionary(t => t.Key, t => t.Value);
        (state["mean"], state["class_means"]) = (zeros(width, dtype: ScalarType.Float64), randn(classes, width, dtype: ScalarType.Float64));
        state["cholesky"] = eye(width, dtype: ScalarType.Float64).mul_(2);
        var features = randn(images, width);                            // [N, D]
        var measured = PeakMemory.BytesOf(() =>
        {
            using var fitted = DetectorRegistry.MahalanobisPlusPlus.Restore(state);
            fitted.Score(features);
        });
        return new(classes, width, images, StateFormula(classes, width), TemporaryFormula(classes, width, images), measured);
    }

    internal static long StateFormula(long classes, long width) => sizeof(double) * (2 * classes * width + 3 * width * width);

    internal static long TemporaryFormula(long classes, long width, long images)
    {
        var rows = Math.Min(images, LargestTemporary / sizeof(double) / Math.Max(classes, width));
        return sizeof(double) * rows * (TemporariesOfRows * width + TemporariesOfDistances * classes);
    }
}
