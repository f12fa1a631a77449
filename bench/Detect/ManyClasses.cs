using MoodStream.Mood.Detectors;
using static TorchSharp.torch;

namespace MoodStream.Bench.Detect;

/// <summary><c>mahalanobis++</c> with as many classes as one likes: its numbers are random, since what it costs does not depend on them.</summary>
internal static class ManyClasses
{
    /// <summary>The detector. The caller disposes it.</summary>
    /// <param name="classes">Classes K, at least 2.</param>
    /// <param name="width">Length D of a feature.</param>
    public static FittedDetector Of(int classes, int width)
    {
        using var scope = NewDisposeScope();
        using var small = DetectorRegistry.MahalanobisPlusPlus.Fit(randn(64, 4), arange(64L).remainder(2));
        var state = small.State.ToDictionary(t => t.Key, t => t.Value);
        state["mean"] = zeros(width, dtype: ScalarType.Float64);                        // [D]
        state["class_means"] = randn(classes, width, dtype: ScalarType.Float64);        // [K, D]
        state["cholesky"] = eye(width, dtype: ScalarType.Float64).mul_(2);              // [D, D]
        return DetectorRegistry.MahalanobisPlusPlus.Restore(state);
    }
}
