using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>Exact search among rows, by one matrix product.</summary>
internal static class Neighbours
{
    /// <summary>Index of the k-th nearest of some rows to each row.</summary>
    /// <param name="rows">Rows, shape [B, D], float64.</param>
    /// <param name="among">Rows searched, shape [M, D], float64.</param>
    /// <param name="k">From 1 (the nearest) to M.</param>
    /// <returns>Indices, shape [B], int64. The caller's scope owns them.</returns>
    /// <remarks>
    /// ‖x‖² − 2 x·t + ‖t‖² orders the same without its first term. Cost: O(B·M·D); memory two [B, M] matrices.
    /// </remarks>
    public static Tensor OfPlace(Tensor rows, Tensor among, int k)
    {
        using var scope = NewDisposeScope();
        var distances = rows.matmul(among.t()).mul_(-2).add_(among.square().sum(1));               // [B, M]
        var place = k == 1
            ? distances.argmin(1)
            : distances.topk(k, 1, largest: false, sorted: true).indexes.select(1, k - 1);
        return place.clone().MoveToOuterDisposeScope();
    }
}
