using MoodStream.Mood.Imaging;
using SkiaSharp;

namespace MoodStream.MoodTests.Imaging;

/// <summary>Every kind of file that the gate promises to take.</summary>
public sealed class ImageDecoderFormatTests
{
    [Fact]
    public void Decode_Png_IsLossless()
    {
        var image = TestFiles.Gradient(37, 21);
        Assert.Equal(image.Pixels, Decode(ImageEncoder.Png(image)).Pixels);
    }

    [Fact]
    public void Decode_AnyWidth_EveryPixelOfEveryRowIsThere()
    {
        // Pixels are moved four at a time: the ends of rows and of the image are where that can go wrong.
        for (var width = 1; width <= 13; width++)
            Assert.Equal(TestFiles.Gradient(width, 3).Pixels, Decode(TestFiles.Png(width, 3)).Pixels);
    }

    [Fact]
    public void Decode_LosslessWebP_IsLossless()
    {
        var encoded = TestFiles.WebP(37, 21, SKWebpEncoderCompression.Lossless);
        Assert.Equal(TestFiles.Gradient(37, 21).Pixels, Decode(encoded).Pixels);
    }

    [Fact]
    public void Decode_LossyWebP_IsCloseToTheOriginal()
    {
        var pixels = Decode(TestFiles.WebP(64, 64, SKWebpEncoderCompression.Lossy)).Pixels;
        var difference = pixels.Zip(TestFiles.Gradient(64, 64).Pixels, (a, b) => Math.Abs(a - b)).Average();
        Assert.InRange(difference, 0, 12);
    }

    [Fact]
    public void Decode_Bmp_HasItsColour()
    {
        var image = Decode(TestFiles.Bmp(5, 3, 10, 20, 30));
        Assert.Equal((5, 3), (image.Width, image.Height));
        Assert.Equal([10, 20, 30], image.Pixels[..3]);
    }

    [Fact]
    public void Decode_AnimatedGif_IsItsFirstFrame() => Assert.Equal([255, 0, 0], Decode(TestFiles.Gif(2, 3, 0)).Pixels[..3]);

    [Fact]
    public void Decode_OnePixel_IsFine() => Assert.Equal([255, 255, 255], Decode(TestFiles.Gif(1)).Pixels);

    [Fact]
    public void Decode_SixteenBitRgb_IsRoundedToEightBits()
    {
        var png = new TestPng(2, 1, bitDepth: 16, colourType: 2)
            .Encode([0xFF, 0xFF, 0x80, 0x80, 0x00, 0x00, 0x40, 0x40, 0x12, 0x12, 0xC8, 0xC8]);
        Assert.Equal([0xFF, 0x80, 0x00, 0x40, 0x12, 0xC8], Decode(png).Pixels);
    }

    [Fact]
    public void Decode_SixteenBitGrey_IsReplicated()
    {
        var png = new TestPng(1, 1, bitDepth: 16, colourType: 0).Encode([0x64, 0x64]);
        Assert.Equal([0x64, 0x64, 0x64], Decode(png).Pixels);
    }

    [Fact]
    public void Decode_OneBitGrey_IsBlackAndWhite()
    {
        var png = new TestPng(2, 1, bitDepth: 1, colourType: 0).Encode([0b0100_0000]);
        Assert.Equal([0, 0, 0, 255, 255, 255], Decode(png).Pixels);
    }

    [Fact]
    public void Decode_InterlacedPng_PutsPassesInPlace()
    {
        // 2 x 2: pass 1 holds (0,0), pass 6 holds (1,0), pass 7 the second row.
        var png = new TestPng(2, 2, bitDepth: 8, colourType: 0) { Interlaced = true }.Encode([1], [2], [3, 4]);
        Assert.Equal([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4], Decode(png).Pixels);
    }

    [Theory]
    [InlineData("dropped", 200, 100, 0)]
    [InlineData("#ffffff", 233, 192, 152)]
    [InlineData("#000000", 81, 40, 0)]
    [InlineData("#0000ff", 81, 40, 152)]
    public void Decode_Transparency_GoesOverTheGround(string ground, byte red, byte green, byte blue)
    {
        // 103 / 255 opaque: 200 * 103 / 255 = 80.8; 255 * 152 / 255 = 152.
        var png = new TestPng(1, 1, bitDepth: 8, colourType: 6).Encode([200, 100, 0, 103]);
        var image = Decode(png, DecodeSettings.Default with { AlphaGround = AlphaGround.Parse(ground) });
        Assert.Equal([red, green, blue], image.Pixels);
    }

    [Fact]
    public void Decode_TransparentPaletteEntry_IsWhiteByDefault()
    {
        var png = new TestPng(2, 1, bitDepth: 8, colourType: 3)
            .With("PLTE", 10, 20, 30, 40, 50, 60).With("tRNS", 0, 255).Encode([0, 1]);
        Assert.Equal([255, 255, 255, 40, 50, 60], Decode(png).Pixels);
    }

    [Theory]
    [InlineData(1, 3, 2, new byte[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(2, 3, 2, new byte[] { 3, 2, 1, 6, 5, 4 })]
    [InlineData(3, 3, 2, new byte[] { 6, 5, 4, 3, 2, 1 })]
    [InlineData(4, 3, 2, new byte[] { 4, 5, 6, 1, 2, 3 })]
    [InlineData(5, 2, 3, new byte[] { 1, 4, 2, 5, 3, 6 })]
    [InlineData(6, 2, 3, new byte[] { 4, 1, 5, 2, 6, 3 })]
    [InlineData(7, 2, 3, new byte[] { 6, 3, 5, 2, 4, 1 })]
    [InlineData(8, 2, 3, new byte[] { 3, 6, 2, 5, 1, 4 })]
    public void Decode_ExifOrientation_TurnsTheImageUpright(byte orientation, int width, int height, byte[] expected)
    {
        var png = new TestPng(3, 2, bitDepth: 8, colourType: 0)
            .With("eXIf", Exif(orientation)).Encode([1, 2, 3], [4, 5, 6]);
        var image = Decode(png);
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal(expected, image.Pixels.Chunk(3).Select(p => p[0]));
    }

    [Fact]
    public void Decode_OrientationNotApplied_StaysAsStored()
    {
        var png = new TestPng(3, 1, bitDepth: 8, colourType: 0).With("eXIf", Exif(3)).Encode([1, 2, 3]);
        var image = Decode(png, DecodeSettings.Default with { ApplyOrientation = false });
        Assert.Equal([1, 2, 3], image.Pixels.Chunk(3).Select(p => p[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Exif\0\0")]
    public void Decode_WebPWithOrientation_IsTurned(string prefix)
    {
        var webp = TestFiles.WebP(8, 4, SKWebpEncoderCompression.Lossless);
        byte[] exif = [.. System.Text.Encoding.ASCII.GetBytes(prefix), .. Exif(6)];
        byte[] body = [.. webp[12..], .. "EXIF"u8, (byte)exif.Length, 0, 0, 0, .. exif];
        Assert.Equal("VP8X"u8, body.AsSpan(0, 4));
        body[8] |= 0x08;
        var image = Decode([.. "RIFF"u8, (byte)(body.Length + 4), (byte)((body.Length + 4) >> 8), 0, 0, .. "WEBP"u8, .. body]);
        Assert.Equal((4, 8), (image.Width, image.Height));
    }

    [Fact]
    public void Jpeg_HighQuality_IsCloseToTheOriginal()
    {
        var pixels = Decode(TestFiles.Jpeg(64, 64)).Pixels;
        var difference = pixels.Zip(TestFiles.Gradient(64, 64).Pixels, (a, b) => Math.Abs(a - b)).Average();
        Assert.InRange(difference, 0, 12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void Jpeg_QualityOutOfRange_Throws(int quality) => Assert.Throws<ArgumentOutOfRangeException>(
        () => ImageEncoder.Jpeg(TestFiles.Gradient(8, 8), quality));

    private static byte[] Exif(byte orientation) =>
    [
        (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
    ];

    private static RgbImage Decode(byte[] encoded, DecodeSettings? settings = null)
    {
        var decoded = ImageDecoder.Decode(encoded, settings ?? DecodeSettings.Default);
        Assert.True(decoded.Fault is null, decoded.Detail);
        return decoded.Image!;
    }
}
