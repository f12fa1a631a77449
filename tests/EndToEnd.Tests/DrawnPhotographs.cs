using MoodStream.Mood.Imaging;

namespace MoodStream.EndToEndTests;

/// <summary>Encoded images of the kinds a producer may send.</summary>
internal static class DrawnPhotographs
{
    public static byte[] Jpeg(int width = 200, int height = 150) => ImageEncoder.Jpeg(Gradient(width, height), 90);

    public static byte[] Png(int width, int height) => ImageEncoder.Png(Gradient(width, height));

    /// <summary>A small GIF that announces 50,000 x 50,000 pixels.</summary>
    public static byte[] Bomb() => [.. "GIF89a"u8, 0x50, 0xC3, 0x50, 0xC3, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2C, 0, 0, 0, 0, 0x50, 0xC3, 0x50, 0xC3, 0, 2, 2, 0x44, 1, 0, 0x3B];

    /// <summary>A GIF of no pixels at all.</summary>
    public static byte[] ZeroSize() => [.. "GIF89a"u8, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x3B];

    private static RgbImage Gradient(int width, int height) => new(width, height,
        [.. Enumerable.Range(0, width * height * 3).Select(i => (byte)((i / 3 % width * 7) + (i / 3 / width * 3) + (i % 3 * 40)))]);
}
