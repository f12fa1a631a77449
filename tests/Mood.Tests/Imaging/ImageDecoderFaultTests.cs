using System.Buffers.Binary;
using MoodStream.Mood.Imaging;
using SkiaSharp;

namespace MoodStream.MoodTests.Imaging;

/// <summary>Every fault is produced by some input, and limits cost nothing.</summary>
public sealed class ImageDecoderFaultTests
{
    [Fact]
    public void Decode_NoBytes_IsEmpty() => Assert.Equal(ImageFault.Empty, FaultOf([]));

    [Theory]
    [InlineData("hello, this is not an image")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("II*\0\u0008\0\0\0")]
    [InlineData("\0\0\u0001\0\u0001\0")]
    [InlineData("GIF")]
    [InlineData("RIFF\0\0\0\0WAVEfmt ")]
    public void Decode_OtherFormats_AreUnsupported(string text) =>
        Assert.Equal(ImageFault.UnsupportedFormat, FaultOf(System.Text.Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void Decode_MoreBytesThanAllowed_IsTooManyBytes()
    {
        var png = TestFiles.Png(8, 8);
        var limits = new ImageLimits { MaxBytes = png.Length - 1 };
        Assert.Equal(ImageFault.TooManyBytes, FaultOf(png, limits));
        Assert.Null(FaultOf(png, limits with { MaxBytes = png.Length }));
    }

    [Theory]
    [InlineData(63, 64, 8)]
    [InlineData(64, 64, 7)]
    public void Decode_MorePixelsThanAllowed_IsTooManyPixels(long maxPixels, int width, int maxSide)
    {
        var limits = new ImageLimits { MaxPixels = maxPixels, MaxSide = maxSide };
        Assert.Equal(ImageFault.TooManyPixels, FaultOf(TestFiles.Png(width / 8, 8), limits));
        Assert.Null(FaultOf(TestFiles.Png(width / 8, 8), new ImageLimits { MaxPixels = 64, MaxSide = 8 }));
    }

    public static TheoryData<string> Bombs => ["png", "jpeg", "gif", "bmp", "webp"];

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Decode_HugeHeader_CostsNoMemory(string container)
    {
        var bomb = Bomb(container);
        Assert.Equal(ImageFault.TooManyPixels, FaultOf(bomb));

        var managed = GC.GetAllocatedBytesForCurrentThread();
        var resident = Environment.WorkingSet;
        for (var i = 0; i < 100; i++) Assert.Equal(ImageFault.TooManyPixels, FaultOf(bomb));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - managed, 0, 100 * 2048);
        Assert.InRange(Environment.WorkingSet - resident, long.MinValue, 1L << 30);
    }

    [Fact]
    public void Decode_FiftyThousandSquarePng_IsRefused()
    {
        var bomb = new TestPng(50_000, 50_000, bitDepth: 8, colourType: 2).Encode(new byte[100_000]);
        Assert.InRange(bomb.Length, 0, 1024);
        Assert.Equal(ImageFault.TooManyPixels, FaultOf(bomb));
    }

    [Fact]
    public void Decode_ZeroSizeGif_IsZeroSize() => Assert.Equal(ImageFault.ZeroSize, FaultOf(TestFiles.GifOnScreen(0, 0, 1)));

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    public void Decode_ZeroSizePng_IsZeroSize(int width, int height) => Assert.Equal(
        ImageFault.ZeroSize, FaultOf(new TestPng(width, height, bitDepth: 8, colourType: 2).Encode([])));

    public static TheoryData<string, int> Cuts
    {
        get
        {
            var cuts = new TheoryData<string, int>();
            foreach (var container in new[] { "jpeg", "progressive", "png", "webp", "webp-lossless", "bmp", "gif" })
            {
                foreach (var percent in new[] { 30, 50, 75, 90 }) cuts.Add(container, percent);
            }

            return cuts;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public void Decode_FileCutShort_IsTruncated(string container, int percent)
    {
        var whole = Whole(container);
        Assert.Null(FaultOf(whole));
        Assert.Equal(ImageFault.Truncated, FaultOf(whole.AsSpan(0, whole.Length * percent / 100)));
    }

    public static TheoryData<string> Liars => ["png", "jpeg", "progressive", "bmp"];

    /// <summary>64 megapixels that were never there: the pixels would be 256 MB, and a second's work.</summary>
    [Theory]
    [MemberData(nameof(Liars))]
    public void Decode_FewBytesThatAnnounceManyPixels_IsTruncatedAndNothingIsDecoded(string container)
    {
        var liar = Announcing(container, 8_000, 8_000);
        Assert.Equal(ImageFault.Truncated, FaultOf(liar));

        var managed = GC.GetAllocatedBytesForCurrentThread();
        var decoded = ImageDecoder.Decode(liar, DecodeSettings.Default);
        Assert.Contains("cannot hold the 8000 x 8000 pixels", decoded.Detail, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - managed, 0, 4096);
    }

    /// <summary>No whole image is smaller than the bound, however well it was packed: one colour is what packs best.</summary>
    [Theory]
    [InlineData(3_000, 3_000)]
    [InlineData(4_001, 37)]
    [InlineData(1, 3_001)]
    public void Decode_OneColourPackedAsSmallAsItGoes_IsAnImage(int width, int height)
    {
        var plain = new RgbImage(width, height, new byte[width * height * 3]);
        var rows = Enumerable.Repeat(new byte[(width + 7) / 8], height).ToArray();
        Assert.Null(FaultOf(ImageEncoder.Png(plain)));
        Assert.Null(FaultOf(new TestPng(width, height, bitDepth: 1, colourType: 0).Encode(rows)));
        Assert.Null(FaultOf(TestFiles.Bmp(width, height, 1, 2, 3)));
        Assert.Null(FaultOf(ImageEncoder.Jpeg(plain, 1)));
    }

    [Fact]
    public void Decode_BrokenHeader_IsUndecodable()
    {
        var png = TestFiles.Png(8, 8);
        png.AsSpan(12, 4).Fill((byte)'x');
        Assert.Equal(ImageFault.Undecodable, FaultOf(png));
        Assert.Equal(ImageFault.Undecodable, FaultOf([0xFF, 0xD8, 0xFF, 0xD9, 0, 0, 0, 0]));
    }

    [Fact]
    public void Decode_BrokenPixels_IsUndecodable()
    {
        var png = TestFiles.Png(64, 64);
        png.AsSpan(png.Length / 2, 64).Fill(0xA5);
        Assert.Equal(ImageFault.Undecodable, FaultOf(png));
    }

    [Fact]
    public void Decode_JpegOfAThousandScans_IsRefusedUnread()
    {
        var scans = Enumerable.Range(0, JpegHeader.MaxScans).SelectMany(_ => new byte[] { 0xFF, 0xDA });
        Assert.Equal(ImageFault.Undecodable, FaultOf([.. TestFiles.Jpeg(8, 8), .. scans]));
    }

    [Fact]
    public void Decode_AnyPrefixOfAFile_IsAnImageOrAFault()
    {
        foreach (var container in new[] { "jpeg", "png", "webp", "webp-lossless", "bmp", "gif" })
        {
            var whole = Whole(container);
            for (var length = 0; length < Math.Min(whole.Length, 600); length++)
            {
                var decoded = ImageDecoder.Decode(whole.AsSpan(0, length), DecodeSettings.Default);
                Assert.True(decoded.Image is null != decoded.Fault is null);
            }
        }
    }

    private static byte[] Whole(string container) => container switch
    {
        "jpeg" => TestFiles.Jpeg(96, 64),
        "progressive" => GoldenPreprocess.Source("progressive.jpg"),
        "png" => TestFiles.Png(96, 64),
        "webp" => TestFiles.WebP(96, 64, SKWebpEncoderCompression.Lossy),
        "webp-lossless" => TestFiles.WebP(96, 64, SKWebpEncoderCompression.Lossless),
        "bmp" => TestFiles.Bmp(32, 32, 9, 8, 7),
        _ => TestFiles.Gif(2),
    };

    // A small file whose header announces more pixels than any machine should give.
    private static byte[] Bomb(string container) => container == "bmp" ? Announcing("bmp", 50_000, int.MinValue) : Announcing(container, 50_000, 50_000);

    /// <summary>A small file whose header announces another size than it has.</summary>
    private static byte[] Announcing(string container, int width, int height)
    {
        var bytes = Whole(container);
        switch (container)
        {
            case "png":
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), width);
                BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), height);
                break;
            case "jpeg" or "progressive":
                var frame = bytes.AsSpan().IndexOf([(byte)0xFF, container == "jpeg" ? (byte)0xC0 : (byte)0xC2]);
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(frame + 5), (ushort)height);
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(frame + 7), (ushort)width);
                break;
            case "bmp":
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(18), width);
                BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(22), height);
                break;
            case "gif":
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), (ushort)width);
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)height);
                break;
            default:
                bytes.AsSpan(26, 4).Fill(0xFF);         // the largest that a WebP can announce
                break;
        }

        return bytes;
    }

    private static ImageFault? FaultOf(ReadOnlySpan<byte> encoded, ImageLimits? limits = null) =>
        ImageDecoder.Decode(encoded, new DecodeSettings { Limits = limits ?? ImageLimits.Default }).Fault;
}
