using System.Buffers;
using System.Runtime.Intrinsics;
using SkiaSharp;

namespace MoodStream.Mood.Imaging;

/// <summary>Decoded pixels in the codec's memory: 4 bytes each, unpremultiplied, rows without padding.</summary>
internal readonly unsafe struct RgbaPixels(byte* start, int width, int height)
{
    /// <summary>Four pixels of four bytes to four of three; the last four bytes are not used.</summary>
    private static readonly Vector128<byte> WithoutAlpha =
        Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);

    private const int PixelsAtOnce = 4;

    /// <summary>Copies to RGB: turned upright by the origin, transparency over the ground.</summary>
    /// <param name="origin">Where the first stored pixel lies in the upright image.</param>
    /// <param name="ground">What shows through; null where no pixel is transparent.</param>
    /// <param name="pool">Where the result's memory comes from; null: new.</param>
    public PixelBlock ToRgb(SKEncodedOrigin origin, AlphaGround? ground, ArrayPool<byte>? pool)
    {
        var walk = Walk(origin);
        var image = PixelBlock.Take(walk.Width, walk.Height, pool);
        fixed (byte* pixels = image.Pixels)
        {
            var to = pixels;
            for (var y = 0; y < walk.Height; y++)
            {
                var from = start + 4 * (walk.First + y * walk.StepY);
                if (ground is { Blends: true } over) Blend(from, 4 * walk.StepX, to, walk.Width, over);
                else Drop(from, 4 * walk.StepX, to, walk.Width);
                to += walk.Width * RgbImage.Channels;
            }
        }

        return image;
    }

    /// <summary>Whether the stored image's width is the upright one's height.</summary>
    public static bool LiesOnItsSide(SKEncodedOrigin origin) => origin >= SKEncodedOrigin.LeftTop;

    private static void Drop(byte* from, nint step, byte* to, int count)
    {
        var x = 0;
        if (step == 4)
        {
            // Each store writes four bytes too many, which the next one covers: stop where they would leave the row.
            for (; x + PixelsAtOnce + 1 < count; x += PixelsAtOnce, from += 4 * PixelsAtOnce, to += RgbImage.Channels * PixelsAtOnce)
                Vector128.Shuffle(Vector128.Load(from), WithoutAlpha).Store(to);
        }

        for (; x < count; x++, from += step, to += RgbImage.Channels)
        {
            to[0] = from[0];
            to[1] = from[1];
            to[2] = from[2];
        }
    }

    private static void Blend(byte* from, nint step, byte* to, int count, AlphaGround ground)
    {
        for (var x = 0; x < count; x++, from += step, to += RgbImage.Channels)
        {
            var alpha = from[3];
            to[0] = Mix(from[0], ground.Red, alpha);
            to[1] = Mix(from[1], ground.Green, alpha);
            to[2] = Mix(from[2], ground.Blue, alpha);
        }
    }

    private static byte Mix(byte colour, byte ground, byte alpha) =>
        (byte)((colour * alpha + ground * (255 - alpha) + 127) / 255);

    // Where a walk over the upright image, row by row, goes in the stored one (EXIF tag 0x0112, values 1 to 8).
    private (int Width, int Height, nint First, nint StepX, nint StepY) Walk(SKEncodedOrigin origin)
    {
        nint w = width, h = height;
        return origin switch
        {
            SKEncodedOrigin.TopRight => (width, height, w - 1, -1, w),
            SKEncodedOrigin.BottomRight => (width, height, w * h - 1, -1, -w),
            SKEncodedOrigin.BottomLeft => (width, height, w * (h - 1), 1, -w),
            SKEncodedOrigin.LeftTop => (height, width, 0, w, 1),
            SKEncodedOrigin.RightTop => (height, width, w * (h - 1), -w, 1),
            SKEncodedOrigin.RightBottom => (height, width, w * h - 1, -w, -1),
            SKEncodedOrigin.LeftBottom => (height, width, w - 1, w, -1),
            _ => (width, height, 0, 1, w),
        };
    }
}
