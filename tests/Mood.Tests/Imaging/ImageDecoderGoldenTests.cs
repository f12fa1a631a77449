using System.Text.Json;

namespace MoodStream.MoodTests.Imaging;

/// <summary>Decoding gives the bytes that Pillow 9.4.0 gives, for every format among the golden images.</summary>
public sealed class ImageDecoderGoldenTests
{
    public static TheoryData<string> Images => [.. GoldenPreprocess.Images];

    [Theory]
    [MemberData(nameof(Images))]
    public void Decode_GoldenFile_IsPillowsPixels(string image)
    {
        var pixels = GoldenPreprocess.Decode(GoldenPreprocess.Source(image), GoldenPreprocess.AsPillow);
        Assert.Equal(Entry(image).GetProperty("decoded_rgb_sha256").GetString(), GoldenPreprocess.Sha256(pixels));
    }

    [Fact]
    public void Decode_ExifOrientation6_IsPillowsUprightImage()
    {
        var settings = GoldenPreprocess.AsPillow with { ApplyOrientation = true };
        var upright = GoldenPreprocess.Decode(GoldenPreprocess.Source("exif6.jpg"), settings);

        Assert.Equal((181, 271), (upright.Width, upright.Height));
        Assert.Equal(
            Entry("exif6.jpg").GetProperty("upright_rgb_sha256").GetString(), GoldenPreprocess.Sha256(upright));
    }

    private static JsonElement Entry(string image) => GoldenPreprocess.Json("images.json").GetProperty("images")
        .EnumerateArray().Single(e => e.GetProperty("file").GetString() == $"src/{image}");
}
