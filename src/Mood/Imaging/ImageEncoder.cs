using System.Runtime.InteropServices;
using SkiaSharp;

namespace MoodStream.Mood.Imaging;

/// <summary>Encodes RGB images.</summary>
public static class ImageEncoder
{
    private static readonly SKPngEncoderOptions Lossless = new(SKPngEncoderFilterFlags.AllFilters, 6);

    /// <summary>Encodes without loss.</summary>
    public static byte[] Png(RgbImage image) =>
        Encode(image, pixels => pixels.Encode(Lossless));

    /// <summary>Encodes pixels that may be transparent, without loss.</summary>
    /// <param name="rgba">Red, green, blue and opacity of each pixel, row by row, not premultiplied, [H·W·4].</param>
    /// <param name="width">Width, at least 1.</param>
    /// <param name="height">Height, at least 1.</param>
    /// <exception cref="ArgumentException">There is another number of values than of pixels.</exception>
    public static unsafe byte[] Png(ReadOnlySpan<byte> rgba, int width, int height)
    {
        var layout = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        if (rgba.Length != layout.BytesSize64)
            throw new ArgumentException($"{rgba.Length} values for {width} x {height} pixels.", nameof(rgba));
        fixed (byte* pixels = rgba)
        {
            using var pixmap = new SKPixmap(layout, (nint)pixels, layout.RowBytes);
            return Encoded(pixmap.Encode(Lossless), width, height);
        }
    }

    /// <summary>Encodes with loss, 4:2:0.</summary>
    /// <param name="image">The image.</param>
    /// <param name="quality">Quality on libjpeg's scale, in [1, 100].</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="quality"/> is outside [1, 100].</exception>
    public static byte[] Jpeg(RgbImage image, int quality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        var options = new SKJpegEncoderOptions(
            quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore);
        return Encode(image, pixels => pixels.Encode(options));
    }

    private static unsafe byte[] Encode(RgbImage image, Func<SKPixmap, SKData?> encode)
    {
        ArgumentNullException.ThrowIfNull(image);
        var layout = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var buffer = (byte*)NativeMemory.Alloc((nuint)layout.BytesSize64);
        try
        {
            Widen(image.Pixels, buffer);
            using var pixmap = new SKPixmap(layout, (nint)buffer, layout.RowBytes);
            return Encoded(encode(pixmap), image.Width, image.Height);
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }

    private static byte[] Encoded(SKData? data, int width, int height)
    {
        using (data)
            return data?.ToArray()
                ?? throw new InvalidOperationException($"The codec refused an image of {width} x {height} pixels.");
    }

    private static unsafe void Widen(ReadOnlySpan<byte> rgb, byte* to)
    {
        for (var i = 0; i < rgb.Length; i += RgbImage.Channels, to += 4)
        {
            to[0] = rgb[i];
            to[1] = rgb[i + 1];
            to[2] = rgb[i + 2];
            to[3] = 255;
        }
    }
}
