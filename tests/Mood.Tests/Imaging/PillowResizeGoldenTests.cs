using MoodStream.Mood.Imaging;
using MoodStream.Mood.Weights;

namespace MoodStream.MoodTests.Imaging;

/// <summary>Resizing alone, against Pillow 9.4.0 <c>Image.resize</c> on random pixels and on parts of photographs: tolerance 0.</summary>
public sealed class PillowResizeGoldenTests
{
    [Theory]
    [InlineData(ResampleFilter.Bilinear)]
    [InlineData(ResampleFilter.Bicubic)]
    [InlineData(ResampleFilter.Lanczos)]
    public void Resize_RandomPixels_IsPillowsResult(ResampleFilter filter)
    {
        using var file = SafetensorsFile.Open(GoldenPreprocess.File("resample_unit.safetensors"));
        var suffix = $"_{filter.ToString().ToLowerInvariant()}";
        var expected = file.Tensors.Values
            .Where(t => t.Name.StartsWith("out_", StringComparison.Ordinal) && t.Name.EndsWith(suffix, StringComparison.Ordinal))
            .ToArray();
        Assert.NotEmpty(expected);
        foreach (var entry in expected)
        {
            var source = Image(file, file.Tensors[$"in_{entry.Name.Split('_')[1]}"]);
            var result = PillowResize.Resize(source, (int)entry.Shape[1], (int)entry.Shape[0], filter);
            Assert.True(file.Raw(entry.Name).SequenceEqual(result.Pixels), entry.Name);
        }
    }

    [Theory]
    [InlineData("photo_landscape.jpg")]
    [InlineData("photo_portrait.jpg")]
    [InlineData("cifar.png")]
    public void Resize_CroppedPart_IsBothViewsOfBeit(string image)
    {
        var view = GoldenPreprocess.Json("two_views.json").GetProperty("views").GetProperty(image.Replace('.', '_'));
        var box = view.GetProperty("crop_top_left_height_width").EnumerateArray().Select(e => e.GetInt32()).ToArray();
        var part = GoldenPreprocess.Decoded(image).Crop(box[1], box[0], box[3], box[2]);

        var a = PillowResize.Resize(part, 96, 96, ResampleFilter.Bicubic);
        var b = PillowResize.Resize(part, 48, 48, ResampleFilter.Lanczos);

        Assert.Equal(view.GetProperty("sha256_a").GetString(), GoldenPreprocess.Sha256(a));
        Assert.Equal(view.GetProperty("sha256_b").GetString(), GoldenPreprocess.Sha256(b));
    }

    private static RgbImage Image(SafetensorsFile file, TensorEntry entry) =>
        new((int)entry.Shape[1], (int)entry.Shape[0], file.Raw(entry.Name).ToArray());
}
