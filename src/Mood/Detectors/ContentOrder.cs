using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>
/// A shuffle of rows that depends on what they hold and on a seed, never on the order they come in: whatever is drawn
/// from it stays the same when the same rows arrive otherwise. The first M are a uniform sample of the distinct rows.
/// </summary>
/// <remarks>
/// Each row gets a 64-bit key mixed from its bits, and rows are sorted by key (bottom-k sampling). Source: Cohen and
/// Kaplan 2007, "Summarizing data using bottom-k sketches", for the sampling; Steele, Lea and Flood 2014, "Fast
/// splittable pseudorandom number generators", for the mixing. Cost: O(N·D + N log N). Thread-safety: pure.
/// </remarks>
internal static class ContentOrder
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const ulong FirstFactor = 0xBF58476D1CE4E5B9;
    private const ulong SecondFactor = 0x94D049BB133111EB;

    /// <summary>Indices of all rows, in the order of their keys.</summary>
    /// <param name="rows">Rows, shape [N, D], float64.</param>
    /// <param name="seed">Another seed gives another order.</param>
    public static long[] Of(Tensor rows, int seed)
    {
        var keys = new ulong[rows.shape[0]];
        foreach (var (start, length) in RowChunks.Of(rows.shape[0], rows.shape[1]))
        {
            using var scope = NewDisposeScope();
            var values = rows.narrow(0, start, length).cpu().contiguous().data<double>().ToArray().AsSpan();
            var dimension = (int)rows.shape[1];
            for (var i = 0; i < length; i++) keys[start + i] = Key(values.Slice(i * dimension, dimension), seed);
        }
        var order = Enumerable.Range(0, keys.Length).Select(i => (long)i).ToArray();
        Array.Sort(keys, order);
        return order;
    }

    private static ulong Key(ReadOnlySpan<double> row, int seed)
    {
        var key = Mix((ulong)seed + Golden);
        foreach (var value in row) key = Mix(key + Golden + BitConverter.DoubleToUInt64Bits(value));
        return key;
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * FirstFactor;
        x = (x ^ (x >> 27)) * SecondFactor;
        return x ^ (x >> 31);
    }
}
