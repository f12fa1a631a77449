using System.Buffers;

namespace MoodStream.Mood.Imaging;

/// <summary>Pixels of an <see cref="RgbImage"/> in an array that may be longer than they are, so that it can come from a pool.</summary>
/// <param name="Pixels">Interleaved red, green, blue, rows top to bottom without padding; what lies behind them is of no meaning.</param>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Rows.</param>
internal readonly record struct PixelBlock(byte[] Pixels, int Width, int Height)
{
    private const int Channels = RgbImage.Channels;

    /// <summary>What the file holds, where this was shrunk while it was decoded; null where it is the whole.</summary>
    public Shrinking? Shrunk { get; init; }

    /// <summary>The pixels without what lies behind them.</summary>
    public Span<byte> Span => Pixels.AsSpan(0, Width * Height * Channels);

    /// <summary>The pixels of an image, not copied.</summary>
    public static PixelBlock Of(RgbImage image) => new(image.Pixels, image.Width, image.Height) { Shrunk = image.Shrunk };

    /// <summary>Room for an image.</summary>
    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pool">Where the array comes from; null: a new one of exactly that length.</param>
    public static PixelBlock Take(int width, int height, ArrayPool<byte>? pool)
    {
        var length = checked(width * height * Channels);
        return new(pool?.Rent(length) ?? new byte[length], width, height);
    }

    /// <summary>Gives the array back to the pool that it came from.</summary>
    public void Return(ArrayPool<byte>? pool) => pool?.Return(Pixels);

    /// <summary>An image with these pixels, not copied. Their array has exactly their length.</summary>
    public RgbImage ToImage() => new(Width, Height, Pixels) { Shrunk = Shrunk };

    /// <summary>A part of the image; the whole of it is handed out as it is.</summary>
    public PixelBlock Crop(int left, int top, int width, int height, ArrayPool<byte>? pool)
    {
        if (width == Width && height == Height) return this;
        var part = Take(width, height, pool);
        for (var y = 0; y < height; y++)
        {
            Pixels.AsSpan(((top + y) * Width + left) * Channels, width * Channels)
                .CopyTo(part.Pixels.AsSpan(y * width * Channels));
        }

        return part;
    }
}
