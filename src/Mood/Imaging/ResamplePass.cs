using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MoodStream.Mood.Imaging;

/// <summary>The two inner loops of resizing: weighted sums along rows and along columns, on interleaved RGB bytes.</summary>
internal static class ResamplePass
{
    private const int Channels = RgbImage.Channels;
    private const int Bits = ResampleTaps.PrecisionBits;
    private const int Half = 1 << (Bits - 1);

    /// <summary>Changes the width of each row.</summary>
    /// <param name="source">Rows of <paramref name="sourceWidth"/> pixels.</param>
    /// <param name="sourceWidth">Pixels of a source row.</param>
    /// <param name="taps">Taps along a row.</param>
    /// <param name="target">As many rows, of one pixel for each of the taps' outputs.</param>
    public static void Columns(ReadOnlySpan<byte> source, int sourceWidth, ResampleTaps taps, Span<byte> target)
    {
        var width = taps.Length;
        // A pixel is loaded as four bytes; the spare last ones let the load of a row's last pixel stay inside.
        var rented = ArrayPool<byte>.Shared.Rent(sourceWidth * Channels + 1);
        var row = rented.AsSpan(0, sourceWidth * Channels + 1);
        for (var y = 0; y < target.Length / (width * Channels); y++)
        {
            source.Slice(y * sourceWidth * Channels, sourceWidth * Channels).CopyTo(row);
            var to = target.Slice(y * width * Channels, width * Channels);
            for (var x = 0; x < width; x++)
            {
                var sum = WeightedSum(row[(taps.First(x) * Channels)..], taps.Weights(x));
                to[x * Channels] = Clip(sum[0]);
                to[x * Channels + 1] = Clip(sum[1]);
                to[x * Channels + 2] = Clip(sum[2]);
            }
        }

        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Changes the number of rows.</summary>
    /// <param name="source">Rows, the first of which is row <paramref name="firstRow"/> of the taps' input.</param>
    /// <param name="firstRow">Number of the first row.</param>
    /// <param name="taps">Taps down a column.</param>
    /// <param name="target">One row for each of the taps' outputs.</param>
    public static void Rows(ReadOnlySpan<byte> source, int firstRow, ResampleTaps taps, Span<byte> target)
    {
        var stride = target.Length / taps.Length;
        for (var y = 0; y < taps.Length; y++)
        {
            var from = source[((taps.First(y) - firstRow) * stride)..];
            var to = target.Slice(y * stride, stride);
            var weights = taps.Weights(y);
            var x = 0;
            for (; x <= stride - Vector128<byte>.Count; x += Vector128<byte>.Count)
                WeightedColumns(from[x..], stride, weights).CopyTo(to[x..]);
            for (; x < stride; x++) to[x] = WeightedColumn(from[x..], stride, weights);
        }
    }

    // Lanes: red, green, blue, and the next pixel's red, which is not used.
    private static Vector128<int> WeightedSum(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> weights)
    {
        ref var pixel = ref MemoryMarshal.GetReference(pixels);
        _ = pixels[weights.Length * Channels];
        var sum = Vector128.Create(Half);
        foreach (var weight in weights)
        {
            var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(ref pixel)).AsByte();
            sum += Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32() * weight;
            pixel = ref Unsafe.Add(ref pixel, Channels);
        }

        return sum;
    }

    // Sixteen neighbouring bytes of a row at once.
    private static Vector128<byte> WeightedColumns(ReadOnlySpan<byte> column, int stride, ReadOnlySpan<int> weights)
    {
        var low = Vector256.Create(Half);
        var high = low;
        _ = column[(weights.Length - 1) * stride + Vector128<byte>.Count - 1];
        ref var at = ref MemoryMarshal.GetReference(column);
        foreach (var weight in weights)
        {
            var bytes = Vector128.LoadUnsafe(ref at);
            var (lower, upper) = Vector256.Widen(Vector256.Create(
                Vector128.WidenLower(bytes), Vector128.WidenUpper(bytes)));
            low += lower.AsInt32() * weight;
            high += upper.AsInt32() * weight;
            at = ref Unsafe.Add(ref at, stride);
        }

        var words = Vector256.Narrow(Clip(low), Clip(high));
        return Vector128.Narrow(words.GetLower().AsUInt16(), words.GetUpper().AsUInt16());
    }

    private static byte WeightedColumn(ReadOnlySpan<byte> column, int stride, ReadOnlySpan<int> weights)
    {
        var sum = Half;
        for (var tap = 0; tap < weights.Length; tap++) sum += column[tap * stride] * weights[tap];
        return Clip(sum);
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> Bits, 0, 255);

    private static Vector256<int> Clip(Vector256<int> sum) =>
        Vector256.Min(Vector256.Max(sum >> Bits, Vector256<int>.Zero), Vector256.Create(255));
}
