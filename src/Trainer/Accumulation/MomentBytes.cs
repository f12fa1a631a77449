using System.Runtime.InteropServices;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Trainer.Accumulation;

/// <summary>
/// Class moments as bytes: K and D as int32, then float64, little-endian: weights [K], squared weights [K], means [K, D], and the lower
/// triangle of the within-class scatter, row by row.
/// </summary>
internal static class MomentBytes
{
    private const int HeaderBytes = 2 * sizeof(int);

    /// <summary>Writes moments.</summary>
    public static byte[] Write(ClassMoments moments)
    {
        int classes = moments.ClassCount, dimension = moments.Dimension;
        var bytes = new byte[Length(classes, dimension)];
        var header = MemoryMarshal.Cast<byte, int>(bytes.AsSpan(0, HeaderBytes));
        (header[0], header[1]) = (classes, dimension);
        var values = MemoryMarshal.Cast<byte, double>(bytes.AsSpan(HeaderBytes));
        Values(moments.Weights).CopyTo(values);
        Values(moments.SquaredWeights).CopyTo(values[classes..]);
        Values(moments.Means).CopyTo(values[(2 * classes)..]);
        var triangle = values[((2 + dimension) * classes)..];
        var within = Values(moments.Within);
        for (int row = 0, at = 0; row < dimension; at += ++row)
            within.AsSpan(row * dimension, row + 1).CopyTo(triangle[at..]);
        return bytes;
    }

    /// <summary>Reads moments. The caller disposes them.</summary>
    /// <exception cref="InvalidDataException">The bytes have another length than they say.</exception>
    /// <exception cref="StatisticsException">They are the moments of nothing.</exception>
    public static ClassMoments Read(byte[] bytes)
    {
        if (bytes.Length < HeaderBytes) throw new InvalidDataException("Stored moments are cut.");
        var header = MemoryMarshal.Cast<byte, int>(bytes.AsSpan(0, HeaderBytes));
        int classes = header[0], dimension = header[1];
        if (classes < 1 || dimension < 1 || bytes.Length != Length(classes, dimension))
            throw new InvalidDataException($"Stored moments of {classes} classes and {dimension} features have {bytes.Length} bytes.");
        var values = MemoryMarshal.Cast<byte, double>(bytes.AsSpan(HeaderBytes));
        var within = new double[dimension * dimension];
        var triangle = values[((2 + dimension) * classes)..];
        for (int row = 0, at = 0; row < dimension; at += ++row)
            for (var column = 0; column <= row; column++)
                within[row * dimension + column] = within[column * dimension + row] = triangle[at + column];
        using var scope = NewDisposeScope();
        return ClassMoments.Restore(
            tensor(values[..classes].ToArray()),
            tensor(values[classes..(2 * classes)].ToArray()),
            tensor(values[(2 * classes)..((2 + dimension) * classes)].ToArray(), [classes, dimension]),
            tensor(within, [dimension, dimension]));
    }

    private static int Length(int classes, int dimension) =>
        checked(HeaderBytes + sizeof(double) * (classes * (2 + dimension) + dimension * (dimension + 1) / 2));

    private static double[] Values(Tensor tensor)
    {
        using var flat = tensor.cpu().contiguous();
        return flat.data<double>().ToArray();
    }
}
