using static TorchSharp.torch;

namespace MoodStream.Mood.Statistics;

/// <summary>Adds products leftᵀ · right that are symmetric, such as scatters, for little more than half of their cost.</summary>
internal static class SymmetricProduct
{
    /// <summary>Columns of a block: wide enough for a matrix product to run at full speed.</summary>
    private const long Block = 192;

    /// <summary>Adds leftᵀ · right to a symmetric matrix in place.</summary>
    /// <param name="sum">Symmetric matrix, shape [D, D], float64.</param>
    /// <param name="left">Rows, shape [B, D], float64.</param>
    /// <param name="right">Rows, shape [B, D], float64; <paramref name="left"/> itself, or each of its rows times a number.</param>
    /// <remarks>
    /// Only blocks on and above the diagonal are multiplied; those below are their transposes, so that the sum stays symmetric to the
    /// last bit where it was. Cost: B·D·(D + 192) multiplications instead of 2·B·D². Thread-safety: owned by one thread.
    /// </remarks>
    public static void AddTo(Tensor sum, Tensor left, Tensor right)
    {
        using var scope = NewDisposeScope();
        var columns = sum.shape[0];
        for (long at = 0; at < columns; at += Block)
        {
            var (height, beyond) = (Math.Min(Block, columns - at), Math.Max(0, columns - at - Block));
            var upper = sum.narrow(0, at, height).narrow(1, at, height + beyond);          // [height, D − at]
            upper.addmm_(left.narrow(1, at, height).t(), right.narrow(1, at, height + beyond));
            var diagonal = upper.narrow(1, 0, height);
            diagonal.copy_(diagonal.triu() + diagonal.triu(1).t());      // weighted rows round differently on its two sides
            if (beyond > 0) sum.narrow(0, at + height, beyond).narrow(1, at, height).copy_(upper.narrow(1, height, beyond).t());
        }
    }

    /// <summary>leftᵀ · right, shape [D, D], float64. The caller's scope owns it.</summary>
    /// <inheritdoc cref="AddTo" path="/param[@name='left']|/param[@name='right']|/remarks"/>
    public static Tensor Of(Tensor left, Tensor right)
    {
        var sum = zeros(left.shape[1], left.shape[1], ScalarType.Float64, left.device);
        AddTo(sum, left, right);
        return sum;
    }
}
