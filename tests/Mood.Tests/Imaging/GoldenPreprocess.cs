using System.Security.Cryptography;
using System.Text.Json;
using MoodStream.Mood.Imaging;
using MoodStream.TestKit;

namespace MoodStream.MoodTests.Imaging;

/// <summary>
/// Golden images: source files, their pixels as Pillow 9.4.0 (libjpeg-turbo 2.1.5) decodes them, and the results of published
/// pipelines (torchvision 0.14.1, timm 0.9.16, transformers 4.32.0). Pixels are compared to the bit by SHA-256.
/// </summary>
internal static class GoldenPreprocess
{
    private static readonly ChannelValues Half = ChannelValues.All(0.5f);

    /// <summary>Decoding as Pillow's <c>Image.open(...).convert("RGB")</c> does it.</summary>
    public static DecodeSettings AsPillow { get; } = new() { ApplyOrientation = false, AlphaGround = AlphaGround.Dropped };

    /// <summary>The published pipelines, by the name they have in the golden files.</summary>
    public static IReadOnlyDictionary<string, PreprocessingRecipe> Pipelines { get; } =
        new Dictionary<string, PreprocessingRecipe>
        {
            ["mood_resize256_bicubic_crop224"] = Cropped(256, Half, Half),
            ["mae_resize256_bicubic_crop224"] = Cropped(256, ChannelValues.ImageNetMean, ChannelValues.ImageNetStd),
            ["timm_crop0.9_bicubic224"] = Cropped(248, Half, Half),
            ["hf_dinov2_256_bicubic_crop224"] =
                Cropped(256, ChannelValues.ImageNetMean, ChannelValues.ImageNetStd) with { CropRounding = CropRounding.Floor },
            ["torchvision_direct224_bilinear"] = Direct(224, ResampleFilter.Bilinear, Half, Half),
            ["hf_beit_direct224_bilinear"] = Direct(224, ResampleFilter.Bilinear, Half, Half),
            ["hf_vit_direct224_bilinear"] = Direct(224, ResampleFilter.Bilinear, Half, Half),
            ["hf_vitmae_direct224_bilinear"] =
                Direct(224, ResampleFilter.Bilinear, ChannelValues.ImageNetMean, ChannelValues.ImageNetStd),
            // The discrete VAE's map 0.8 x + 0.1, written as a normalisation.
            ["beit_lanczos112"] =
                Direct(112, ResampleFilter.Lanczos, ChannelValues.All(-0.125f), ChannelValues.All(1.25f)),
        };

    public static string[] Images { get; } =
    [
        "photo_landscape.jpg", "photo_portrait.jpg", "progressive.jpg", "grey.png", "grey.jpg", "rgba.png", "cmyk.jpg",
        "exif6.jpg", "cifar.png", "palette.png", "strip.png",
    ];

    public static string File(params string[] parts) => SharedFiles.Require(["golden", "preprocess", .. parts]);

    public static byte[] Source(string image) => System.IO.File.ReadAllBytes(File("src", image));

    public static JsonElement Json(string name) =>
        JsonDocument.Parse(System.IO.File.ReadAllBytes(File(name))).RootElement;

    /// <summary>Pixels as Pillow decodes them, in the file's own orientation.</summary>
    public static RgbImage Decoded(string image)
    {
        var lossless = File(image is "cifar.png" or "strip.png" ? $"src/{image}" : $"decoded/{image.Replace('.', '_')}.png");
        return Decode(System.IO.File.ReadAllBytes(lossless), AsPillow);
    }

    public static RgbImage Decode(byte[] encoded, DecodeSettings settings)
    {
        var decoded = ImageDecoder.Decode(encoded, settings);
        Assert.Null(decoded.Fault);
        return decoded.Image!;
    }

    public static string Sha256(RgbImage image) => Convert.ToHexStringLower(SHA256.HashData(image.Pixels));

    private static PreprocessingRecipe Cropped(int shorterSide, ChannelValues mean, ChannelValues std) => new()
    {
        Resize = new ResizeRule.ShorterSide(shorterSide), Crop = 224, Mean = mean, Std = std,
        ApplyOrientation = false, AlphaGround = AlphaGround.Dropped,
    };

    private static PreprocessingRecipe Direct(int side, ResampleFilter filter, ChannelValues mean, ChannelValues std) => new()
    {
        Resize = new ResizeRule.Exact(side, side), Filter = filter, Mean = mean, Std = std,
        ApplyOrientation = false, AlphaGround = AlphaGround.Dropped,
    };
}
