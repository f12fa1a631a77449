using static TorchSharp.torch;

namespace MoodStream.Mood.Statistics;

/// <summary>The door through which rows enter the statistics: shape, type and finiteness are checked here.</summary>
internal static class FeatureRows
{
    /// <summary>The rows in float64.</summary>
    /// <param name="rows">Rows, shape [B, D], any floating type.</param>
    /// <param name="dimension">Wanted D; null for any.</param>
    /// <returns>Rows, shape [B, D], float64. The caller's scope owns it.</returns>
    /// <exception cref="ArgumentException">The shape is not [B, D], or the type is not floating.</exception>
    public static Tensor Widened(Tensor rows, long? dimension = null)
    {
        if (rows.dim() != 2 || rows.shape[1] == 0)
            throw new ArgumentException($"Rows of shape [B, D] are wanted, not [{string.Join(", ", rows.shape)}].", nameof(rows));
        if (!rows.is_floating_point()) throw new ArgumentException($"Rows of a floating type are wanted, not {rows.dtype}.", nameof(rows));
        if (dimension is { } d && rows.shape[1] != d)
            throw new ArgumentException($"Rows have {rows.shape[1]} features where {d} are wanted.", nameof(rows));
        return rows.detach().to(ScalarType.Float64);                             // [B, D]
    }

    /// <summary>The rows in float64, all finite.</summary>
    /// <inheritdoc cref="Widened" path="/param|/returns|/exception"/>
    /// <exception cref="StatisticsException">A row holds NaN or infinity; the message names the first such
    /// row.</exception>
    public static Tensor Finite(Tensor rows, long? dimension = null)
    {
        var wide = Widened(rows, dimension);                                     // [B, D]
        // A sum that is finite has finite terms alone, and takes one pass; one that is not may have overflown.
        if (!double.IsFinite(Reduce.Total(wide)) && FirstFalse(wide.isfinite().all(1)) is { } row)
            throw new StatisticsException(StatisticsFault.NotFinite, $"Row {row} holds NaN or infinity.");
        return wide;
    }

    /// <summary>Index of the first false value; null if all are true.</summary>
    /// <param name="flags">Flags, shape [B], bool.</param>
    public static long? FirstFalse(Tensor flags)
    {
        using var scope = NewDisposeScope();
        var wrong = flags.logical_not().nonzero();                               // [wrong, 1]
        return wrong.shape[0] == 0 ? null : wrong[0, 0].item<long>();
    }

    /// <summary>Checks the labels of some rows.</summary>
    /// <param name="labels">Class of each row, shape [B], int64, in [0, K).</param>
    /// <param name="rows">Number of rows B.</param>
    /// <param name="classes">Number of classes K; null for any.</param>
    /// <returns>The number of classes: K, or one above the largest label.</returns>
    /// <exception cref="ArgumentException">The shape, the type or a value is not as said.</exception>
    public static int RequireLabels(Tensor labels, long rows, int? classes = null)
    {
        using var scope = NewDisposeScope();
        if (labels.dim() != 1 || labels.shape[0] != rows || labels.dtype != ScalarType.Int64)
            throw new ArgumentException(
                $"{rows} int64 labels are wanted, not {labels.dtype} of shape [{string.Join(", ", labels.shape)}].", nameof(labels));
        if (rows == 0) return classes ?? 0;
        long least = labels.min().item<long>(), most = labels.max().item<long>();
        if (least < 0 || most >= (classes ?? int.MaxValue))
            throw new ArgumentException($"Labels run from {least} to {most}, outside [0, {classes ?? int.MaxValue}).", nameof(labels));
        return classes ?? (int)most + 1;
    }

    /// <summary>Refuses classes of which one has no row: a mean of nothing would lie at the origin and attract images.</summary>
    /// <param name="counts">Rows of each class, or their weight, shape [K].</param>
    /// <exception cref="StatisticsException">A class has no row; the message names the first such class.</exception>
    public static void RequireEveryClass(Tensor counts)
    {
        using var scope = NewDisposeScope();
        if (FirstFalse(counts.gt(0)) is { } empty)
            throw new StatisticsException(
                StatisticsFault.EmptyClass,
                $"No image is of class {empty} of the {counts.shape[0]}: each class needs some, or leave the labels aside (one class).");
    }
}
