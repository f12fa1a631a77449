using static TorchSharp.torch;

namespace MoodStream.Bench.Refit;

/// <summary>Features of several classes, batch by batch; a batch is the same however often it is asked for.</summary>
/// <param name="width">Number of features D.</param>
/// <param name="classes">Number of classes K.</param>
/// <param name="seed">Seed of everything.</param>
internal sealed class FeatureStream(int width, int classes, int seed) : IDisposable
{
    /// <summary>Directions that features share, beside noise of their own.</summary>
    private const int Common = 16;

    private const double Offset = 3;
    private const ulong BatchSeeds = 1_000_003;

    /// <summary>Number of features D.</summary>
    public int Width => width;

    private readonly Shape _shape = new(width, classes, seed);

    /// <summary>A batch: features, shape [B, D], float32, and labels, shape [B], int64. The caller disposes both.</summary>
    public (Tensor Features, Tensor Labels) Batch(int place, int images)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed * BatchSeeds + (ulong)place + 1);
        var labels = randint(0, classes, images, ScalarType.Int64, generator: generator);
        var shared = randn(images, Common, generator: generator).matmul(_shape.Common);
        var features = randn(images, width, generator: generator) + shared + _shape.Means.index_select(0, labels);
        return (features.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope());
    }

    public void Dispose() => _shape.Dispose();

    private sealed class Shape : IDisposable
    {
        public Shape(int width, int classes, int seed)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)seed * BatchSeeds);
            Means = (randn(classes, width, generator: generator) + Offset).DetachFromDisposeScope();
            Common = randn(FeatureStream.Common, width, generator: generator).DetachFromDisposeScope();
        }

        public Tensor Means { get; }             // [K, D]

        public Tensor Common { get; }            // [Common, D]

        public void Dispose()
        {
            Means.Dispose();
            Common.Dispose();
        }
    }
}
