using System.Text.Json;
using MoodStream.Mood.Imaging;

namespace MoodStream.MoodTests.Imaging;

/// <summary>Nine published pipelines on twelve images: pixels to the bit, normalised values to rounding.</summary>
public sealed class PreprocessingRecipeGoldenTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var image in GoldenPreprocess.Images)
            {
                foreach (var pipeline in GoldenPreprocess.Pipelines.Keys) cases.Add(image, pipeline);
            }

            foreach (var pipeline in GoldenPreprocess.Pipelines.Keys) cases.Add("exif6.jpg upright", pipeline);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ApplyPixels_GoldenFile_IsThePublishedPipelinesPixels(string image, string pipeline)
    {
        var recipe = RecipeFor(image, pipeline);
        var decoded = GoldenPreprocess.Decode(GoldenPreprocess.Source(image.Split(' ')[0]), recipe.Decoding(ImageLimits.Default));
        var pixels = recipe.ApplyPixels(decoded);

        Assert.Equal((recipe.OutputWidth, recipe.OutputHeight), (pixels.Width, pixels.Height));
        Assert.Equal(Entry(image, pipeline).GetProperty("rgb_sha256").GetString(), GoldenPreprocess.Sha256(pixels));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Apply_GoldenFile_IsThePublishedPipelinesTensor(string image, string pipeline)
    {
        var recipe = RecipeFor(image, pipeline);
        var decoded = GoldenPreprocess.Decode(GoldenPreprocess.Source(image.Split(' ')[0]), recipe.Decoding(ImageLimits.Default));
        var tensor = new float[3 * recipe.OutputHeight * recipe.OutputWidth];
        recipe.Apply(decoded, tensor);

        var expected = Entry(image, pipeline).GetProperty("tensor");
        foreach (var sample in expected.GetProperty("samples_c_y_x_value").EnumerateArray())
        {
            var (c, y, x) = (sample[0].GetInt32(), sample[1].GetInt32(), sample[2].GetInt32());
            var value = tensor[(c * recipe.OutputHeight + y) * recipe.OutputWidth + x];
            Assert.Equal(sample[3].GetSingle(), value, 1e-6f);
        }

        Assert.Equal(expected.GetProperty("sum").GetDouble(), tensor.Sum(v => (double)v), 0.05);
    }

    private static PreprocessingRecipe RecipeFor(string image, string pipeline) =>
        GoldenPreprocess.Pipelines[pipeline] with { ApplyOrientation = image.EndsWith("upright") };

    private static JsonElement Entry(string image, string pipeline) => GoldenPreprocess.Json("expected.json")
        .GetProperty("images").GetProperty(image.Replace('.', '_').Replace(' ', '_')).GetProperty(pipeline);
}
