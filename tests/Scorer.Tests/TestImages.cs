using System.Buffers.Binary;
using MoodStream.Mood.Imaging;

namespace MoodStream.ScorerTests;

/// <summary>Encoded images drawn from a seed, and files that are none.</summary>
internal static class TestImages
{
    /// <summary>A coloured square on a ground: what gates are fitted on.</summary>
    public static byte[] Drawn(int seed, int side = 16)
    {
        var random = new Random(seed);
        var pixels = new byte[side * side * 3];
        Array.Fill(pixels, (byte)random.Next(256));
        var (left, top, colour) = (random.Next(side / 2), random.Next(side / 2), (byte)random.Next(256));
        for (var y = top; y < top + side / 2; y++) pixels.AsSpan(3 * (y * side + left), 3 * (side / 2)).Fill(colour);
        return ImageEncoder.Png(new(side, side, pixels));
    }

    /// <summary>Noise: nothing like what gates are fitted on.</summary>
    public static byte[] Noise(int seed)
    {
        var pixels = new byte[16 * 16 * 3];
        new Random(seed).NextBytes(pixels);
        return ImageEncoder.Png(new(16, 16, pixels));
    }

    public static byte[] CutJpeg { get; } = Cut(ImageEncoder.Jpeg(ImageDecoder.Decode(Drawn(1, side: 96), DecodeSettings.Default).Image!, 90));

    /// <summary>A small PNG whose header announces 50,000 x 50,000 pixels.</summary>
    public static byte[] Bomb
    {
        get
        {
            var bytes = Drawn(1);
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), 50_000);
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), 50_000);
            return bytes;
        }
    }

    public static byte[] BrokenPng
    {
        get
        {
            var bytes = Drawn(1);
            bytes.AsSpan(12, 4).Fill((byte)'x');
            return bytes;
        }
    }

    public static byte[] ZeroSizeGif { get; } =
    [
        .. "GIF89a"u8, 0, 0, 0, 0, 0b1000_0001, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0,
        0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4C, 1, 0, (byte)';',
    ];

    public static byte[] Text { get; } = "this is not an image"u8.ToArray();

    private static byte[] Cut(byte[] bytes) => bytes[..(bytes.Length / 2)];
}
