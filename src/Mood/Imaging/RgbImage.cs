namespace MoodStream.Mood.Imaging;

/// <summary>An image in memory: 8 bits per channel, sRGB values as stored in the file.</summary>
/// <param name="Width">Pixels per row, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="Pixels">Interleaved red, green, blue, rows top to bottom without padding, H·W·3 bytes.</param>
public sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    /// <summary>Bytes of one pixel.</summary>
    public const int Channels = 3;

    /// <summary>Pixels per row, at least 1.</summary>
    public int Width { get; } = Positive(Width, nameof(Width));

    /// <summary>Rows, at least 1.</summary>
    public int Height { get; } = Positive(Height, nameof(Height));

    /// <summary>Interleaved red, green, blue, rows top to bottom without padding, H·W·3 bytes.</summary>
    public byte[] Pixels { get; } = OfSize(Pixels, Width, Height);

    /// <summary>What the file holds, where this was shrunk while it was decoded; null where it is the whole.</summary>
    public Shrinking? Shrunk { get; init; }

    /// <summary>One row, W·3 bytes.</summary>
    public ReadOnlySpan<byte> Row(int y) => Pixels.AsSpan(y * Width * Channels, Width * Channels);

    /// <summary>Copies a part of the image; the whole of it is handed out as it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie inside the image.</exception>
    public RgbImage Crop(int left, int top, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, Width - left);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, Height - top);
        return width == Width && height == Height ? this : PixelBlock.Of(this).Crop(left, top, width, height, pool: null).ToImage();
    }

    private static int Positive(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }

    private static byte[] OfSize(byte[] pixels, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.LongLength != (long)width * height * Channels)
            throw new ArgumentException($"{pixels.LongLength} bytes are not {height} x {width} x {Channels}.", nameof(pixels));
        return pixels;
    }
}
