using static TorchSharp.torch;

namespace MoodStream.Mood.Statistics;

/// <summary>
/// Full reductions to a number. <c>tensor.sum(0)</c> would bind to a data type and add up everything as bytes.
/// </summary>
internal static class Reduce
{
    /// <summary>Sum of all values in float64.</summary>
    public static double Total(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.to(ScalarType.Float64).flatten().sum(dim: 0).item<double>();
    }

    /// <summary>Sum of the diagonal of a square matrix, in float64.</summary>
    public static double Trace(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        return Total(matrix.diagonal());
    }
}
