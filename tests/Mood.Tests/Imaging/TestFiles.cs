using MoodStream.Mood.Imaging;
using SkiaSharp;

namespace MoodStream.MoodTests.Imaging;

/// <summary>Small files of every container, made in memory.</summary>
internal static class TestFiles
{
    /// <summary>A smooth image with some structure, the same for the same size.</summary>
    public static RgbImage Gradient(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = (i / 3 % width, i / 3 / width);
            pixels[i] = (byte)(i % 3 == 0 ? x * 255 / width : i % 3 == 1 ? y * 255 / height : (x ^ y) * 3);
        }

        return new RgbImage(width, height, pixels);
    }

    public static byte[] Jpeg(int width, int height) => ImageEncoder.Jpeg(Gradient(width, height), 90);

    public static byte[] Png(int width, int height) => ImageEncoder.Png(Gradient(width, height));

    public static byte[] WebP(int width, int height, SKWebpEncoderCompression kind)
    {
        using var bitmap = SKBitmap.Decode(Png(width, height));
        using var pixels = bitmap.PeekPixels();
        using var data = pixels.Encode(new SKWebpEncoderOptions(kind, 90));
        return data!.ToArray();
    }

    /// <summary>24-bit BMP of one colour.</summary>
    public static byte[] Bmp(int width, int height, byte red, byte green, byte blue)
    {
        var row = new byte[(width * 3 + 3) / 4 * 4];
        for (var x = 0; x < width; x++) (row[x * 3], row[x * 3 + 1], row[x * 3 + 2]) = (blue, green, red);
        using var file = new MemoryStream();
        using var write = new BinaryWriter(file);
        write.Write("BM"u8);
        foreach (var field in new[] { 54 + row.Length * height, 0, 54, 40, width, height }) write.Write(field);
        write.Write((short)1);
        write.Write((short)24);
        foreach (var field in new[] { 0, row.Length * height, 2835, 2835, 0, 0 }) write.Write(field);
        for (var y = 0; y < height; y++) write.Write(row);
        return file.ToArray();
    }

    /// <summary>GIF of 1 x 1 pixels with one frame for each colour index of a black, white, red, green table.</summary>
    public static byte[] Gif(params byte[] frames) => GifOnScreen(1, 1, frames);

    /// <summary>The same with a screen of another size.</summary>
    public static byte[] GifOnScreen(byte screenWidth, byte screenHeight, params byte[] frames) =>
    [
        .. "GIF89a"u8, screenWidth, 0, screenHeight, 0, 0b1000_0001, 0, 0,
        0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0,
        .. frames.SelectMany(Frame), (byte)';',
    ];

    // LZW with 2-bit minimum code size: clear (4), the index, end (5), 3 bits each.
    private static byte[] Frame(byte index)
    {
        var codes = 4 | (index << 3) | (5 << 6);
        return [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, (byte)codes, (byte)(codes >> 8), 0];
    }
}
