using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>Rows handled at a time, so that the largest temporary stays bounded whatever the number of rows.</summary>
internal static class RowChunks
{
    /// <summary>Most values of one temporary: 32 MiB in float64.</summary>
    private const long MostValues = 1L << 22;

    /// <summary>Ranges that cover all rows, each with at most <see cref="MostValues"/> values.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Values per row of the widest temporary, at least 1.</param>
    public static IEnumerable<(long Start, long Length)> Of(long rows, long columns)
    {
        var step = Math.Max(1, MostValues / Math.Max(1, columns));
        for (long start = 0; start < rows; start += step) yield return (start, Math.Min(step, rows - start));
    }

    /// <summary>One result for each row, made chunk by chunk.</summary>
    /// <param name="rows">Rows, shape [N, D].</param>
    /// <param name="columns">Values per row of the widest temporary.</param>
    /// <param name="each">Makes results of shape [chunk, …] from rows of shape [chunk, D].</param>
    /// <returns>Results, shape [N, …]. The caller's scope owns them.</returns>
    public static Tensor Map(Tensor rows, long columns, Func<Tensor, Tensor> each)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        foreach (var (start, length) in Of(rows.shape[0], columns))
        {
            using var inner = NewDisposeScope();
            parts.Add(each(rows.narrow(0, start, length)).MoveToOuterDisposeScope());
        }
        return (parts.Count == 1 ? parts[0] : cat(parts)).MoveToOuterDisposeScope();
    }
}
