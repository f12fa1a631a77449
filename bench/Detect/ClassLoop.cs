using MoodStream.Mood.Detectors;
using static TorchSharp.torch;

namespace MoodStream.Bench.Detect;

/// <summary>
/// The peer: a plain program that whitens the offsets to each class mean in turn and keeps the smallest distance. The same
/// statistics, the same float64.
/// </summary>
internal sealed class ClassLoop(FittedDetector fitted)
{
    private readonly Tensor _classMeans = fitted.State["class_means"];                  // [K, D]
    private readonly Tensor _cholesky = fitted.State["cholesky"];                       // [D, D]

    /// <summary>Smallest squared distance to the first <paramref name="classes"/> class means.</summary>
    /// <param name="features">Features, shape [B, D].</param>
    /// <param name="classes">Classes to look at.</param>
    /// <returns>Shape [B], float64. The caller disposes it.</returns>
    public Tensor Score(Tensor features, int classes)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var rows = features.to(ScalarType.Float64);
        rows = rows / rows.norm(1, keepdim: true, p: 2);                                // [B, D]
        var nearest = full(rows.shape[0], double.PositiveInfinity, ScalarType.Float64); // [B]
        for (var k = 0; k < classes; k++)
        {
            using var inner = NewDisposeScope();
            var offsets = (rows - _classMeans[k]).t();                                  // [D, B]
            var whitened = linalg.solve_triangular(_cholesky, offsets, upper: false);   // [D, B]
            nearest = minimum(nearest, whitened.square().sum(dim: 0)).MoveToOuterDisposeScope();
        }
        return nearest.MoveToOuterDisposeScope();
    }
}
