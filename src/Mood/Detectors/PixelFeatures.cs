namespace MoodStream.Mood.Detectors;

/// <summary>An image as 8 × 8 mean colours: what the <c>pixels</c> detector looks at.</summary>
public static class PixelFeatures
{
    /// <summary>Cells along each side.</summary>
    public const int Side = 8;

    /// <summary>Colour channels.</summary>
    public const int Channels = 3;

    /// <summary>Values per image: 3 × 8 × 8.</summary>
    public const int Count = Channels * Side * Side;

    /// <summary>
    /// Exact area means of an 8 × 8 grid over the whole image; a pixel that straddles cells counts in each by its
    /// share.
    /// </summary>
    /// <param name="rgb">Interleaved RGB bytes, row by row, width · height · 3 of them.</param>
    /// <param name="width">Image width, at least 1; pixels.</param>
    /// <param name="height">Image height, at least 1; pixels.</param>
    /// <returns>Values in [0, 1], channel first: [3, 8, 8] flattened.</returns>
    /// <exception cref="ArgumentException">The number of bytes does not fit the size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    /// <remarks>Cost: O(width · height). Thread-safety: pure.</remarks>
    public static float[] Extract(ReadOnlySpan<byte> rgb, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (rgb.Length != (long)width * height * Channels)
            throw new ArgumentException($"{rgb.Length} bytes where {width} × {height} × {Channels} are wanted.", nameof(rgb));
        var values = new float[Count];
        for (var row = 0; row < Side; row++)
            for (var column = 0; column < Side; column++)
                PoolCell(rgb, Span.Of(row, height), Span.Of(column, width), width, values.AsSpan(row * Side + column));
        return values;
    }

    private static void PoolCell(ReadOnlySpan<byte> rgb, Span rows, Span columns, int width, Span<float> cell)
    {
        double red = 0, green = 0, blue = 0;
        for (var y = rows.First; y < rows.End; y++)
        {
            for (var x = columns.First; x < columns.End; x++)
            {
                var share = rows.ShareOf(y) * columns.ShareOf(x);
                var pixel = rgb.Slice((y * width + x) * Channels, Channels);
                red += share * pixel[0];
                green += share * pixel[1];
                blue += share * pixel[2];
            }
        }
        var whole = rows.Length * columns.Length * byte.MaxValue;
        cell[0] = (float)(red / whole);
        cell[Side * Side] = (float)(green / whole);
        cell[2 * Side * Side] = (float)(blue / whole);
    }

    /// <summary>One cell along one side, in pixels.</summary>
    private readonly record struct Span(double Start, double Stop)
    {
        public static Span Of(int cell, int pixels) => new((double)cell * pixels / Side, (cell + 1.0) * pixels / Side);

        public double Length => Stop - Start;

        public int First => (int)Start;

        public int End => (int)Math.Ceiling(Stop);

        public double ShareOf(int pixel) => Math.Min(Stop, pixel + 1) - Math.Max(Start, pixel);
    }
}
