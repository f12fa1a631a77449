using MoodStream.Mood.Imaging;
using SkiaSharp;

namespace MoodStream.MoodTests.Imaging;

/// <summary>JPEGs that are shrunk while they are decoded: by how much, how near the result is to the exact one, and what stays the same.</summary>
public sealed class ShrinkOnLoadTests
{
    private static readonly PreprocessingRecipe Exact = new() { Resize = new ResizeRule.Exact(48, 48) };
    private static readonly PreprocessingRecipe Cropped = new() { Resize = new ResizeRule.ShorterSide(56), Crop = 48 };

    [Theory]
    [InlineData(95, 96, 1, 95, 96)]              // half of 95 would be enlarged to 48
    [InlineData(96, 96, 2, 48, 48)]
    [InlineData(191, 400, 2, 96, 200)]           // an odd side is rounded up
    [InlineData(192, 192, 4, 48, 48)]
    [InlineData(385, 391, 8, 49, 49)]
    [InlineData(2000, 1000, 8, 250, 125)]        // an eighth is the least
    public void Decode_Jpeg_IsShrunkAsFarAsTheResizeNeverEnlarges(int width, int height, int factor, int toWidth, int toHeight)
    {
        var image = Decode(TestFiles.Jpeg(width, height), Exact with { ShrinkOnLoad = true });
        Assert.Equal((factor, toWidth, toHeight), (InFile(image).Factor, image.Width, image.Height));
        Assert.Equal((width, height), (InFile(image).Width, InFile(image).Height));
    }

    [Theory]
    [InlineData("photo_landscape.jpg")]
    [InlineData("photo_portrait.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("grey.jpg")]
    [InlineData("cmyk.jpg")]
    [InlineData("exif6.jpg")]
    public void Apply_ShrunkPhoto_IsCloseToTheExactOne(string name)
    {
        var file = GoldenPreprocess.Source(name);
        foreach (var recipe in new[] { Exact, Cropped })
        {
            var (exact, shrunk) = (Input(file, recipe), Input(file, recipe with { ShrinkOnLoad = true }));
            var differences = exact.Zip(shrunk, (a, b) => Math.Abs(a - b) * 127.5).ToArray();       // of 255 levels
            Assert.InRange(differences.Average(), double.Epsilon, MeanLevels);
        }
    }

    [Fact]
    public void Apply_SidesThatDoNotDivide_KeepEverythingInItsPlace()
    {
        // A ramp of one level for each 2 pixels: a shift by a quarter of a pixel of the result, 8 of the file, would be 4 levels.
        const int side = 8 * 48 + 7;
        var ramp = new RgbImage(side, side, [.. Enumerable.Range(0, 3 * side * side).Select(i => (byte)(i / 3 % side / 2))]);
        var jpeg = ImageEncoder.Jpeg(ramp, 100);
        Assert.Equal(8, InFile(Decode(jpeg, Exact with { ShrinkOnLoad = true })).Factor);
        var (exact, shrunk) = (Input(jpeg, Exact), Input(jpeg, Exact with { ShrinkOnLoad = true }));
        Assert.InRange(exact.Zip(shrunk, (a, b) => Math.Abs(a - b) * 127.5).Max(), 0, 2.5);
    }

    [Fact]
    public void Decode_OnItsSide_IsMeasuredUpright()
    {
        var rule = new ResizeRule.Exact(60, 30);                        // wide, as the upright image is not
        var settings = DecodeSettings.Default with { ShrinkTo = rule };
        var stored = TestFiles.Jpeg(120, 60);
        Assert.Equal(2, InFile(ImageDecoder.Decode(stored, settings).Image!).Factor);
        byte[] turned = [.. stored.AsSpan(0, 2), .. Exif6, .. stored.AsSpan(2)];
        var image = ImageDecoder.Decode(turned, settings).Image!;
        Assert.Equal(new Shrinking(1, 60, 120), InFile(image));
    }

    [Fact]
    public void Decode_OtherFormats_AreDecodedWhole()
    {
        byte[][] files = [TestFiles.Png(200, 200), TestFiles.WebP(200, 200, SKWebpEncoderCompression.Lossy), TestFiles.Bmp(200, 200, 1, 2, 3)];
        foreach (var file in files)
            Assert.Equal(Decode(file, Exact).Pixels, Decode(file, Exact with { ShrinkOnLoad = true }).Pixels);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(90)]
    public void Decode_FileCutShort_IsTruncatedAsItIsWhole(int percent)
    {
        foreach (var whole in new[] { TestFiles.Jpeg(400, 400), GoldenPreprocess.Source("progressive.jpg") })
            Assert.Equal(ImageFault.Truncated, FaultOf(whole[..(whole.Length * percent / 100)], ImageLimits.Default));
    }

    [Fact]
    public void Decode_MorePixelsThanAllowed_IsRefusedHoweverSmallItWouldBecome()
    {
        var jpeg = TestFiles.Jpeg(400, 400);
        Assert.Null(FaultOf(jpeg, new ImageLimits { MaxPixels = 160_000 }));
        Assert.Equal(ImageFault.TooManyPixels, FaultOf(jpeg, new ImageLimits { MaxPixels = 159_999 }));
    }

    [Fact]
    public void Decode_BrokenBytes_AreTheSameFaultAsWhole()
    {
        var random = new Random(31);
        var settings = (Exact with { ShrinkOnLoad = true }).Decoding(ImageLimits.Default);
        for (var i = 0; i < 400; i++)
        {
            var file = TestFiles.Jpeg(200, 160);
            for (var k = 0; k < 4; k++) file[random.Next(2, file.Length)] = (byte)random.Next(256);
            Assert.Equal(ImageDecoder.Decode(file, DecodeSettings.Default).Fault, ImageDecoder.Decode(file, settings).Fault);
        }
    }

    /// <summary>Mean difference allowed, of 255 levels. Measured: at most 3.5, of the noisiest of these, grey.jpg.</summary>
    private const double MeanLevels = 4;

    // APP1 with orientation 6: the top of the image lies at the right of what is stored.
    private static byte[] Exif6 =>
    [
        0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8,
        (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
    ];

    private static float[] Input(byte[] file, PreprocessingRecipe recipe)
    {
        var input = new float[3 * recipe.OutputWidth * recipe.OutputHeight];
        recipe.Apply(Decode(file, recipe), input);
        return input;
    }

    private static RgbImage Decode(byte[] file, PreprocessingRecipe recipe) => GoldenPreprocess.Decode(file, recipe.Decoding(ImageLimits.Default));

    private static ImageFault? FaultOf(byte[] file, ImageLimits limits) =>
        ImageDecoder.Decode(file, (Exact with { ShrinkOnLoad = true }).Decoding(limits)).Fault;

    private static Shrinking InFile(RgbImage image) => image.Shrunk ?? new Shrinking(1, image.Width, image.Height);
}
