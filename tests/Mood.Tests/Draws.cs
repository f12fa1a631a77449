using static TorchSharp.torch;

namespace MoodStream.MoodTests;

/// <summary>Random rows from a seed.</summary>
internal static class Draws
{
    /// <summary>Correlated rows around a mean off the origin, shape [rows, dimension], float64.</summary>
    public static Tensor Rows(int seed, int rows, int dimension)
    {
        using var scope = NewDisposeScope();
        var mix = Normal(seed, dimension, dimension) + 2 * eye(dimension, dtype: ScalarType.Float64);
        return (Normal(seed + 1, rows, dimension).matmul(mix) + Normal(seed + 2, 1, dimension) * 3).MoveToOuterDisposeScope();
    }

    /// <summary>Independent standard normal values, float64.</summary>
    public static Tensor Normal(int seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed);
        return randn(shape, ScalarType.Float64, generator: generator);
    }

    /// <summary>Labels 0..classes−1 in turn, shape [rows], int64.</summary>
    public static Tensor Labels(int rows, int classes) => arange(rows, ScalarType.Int64).remainder(classes);
}
