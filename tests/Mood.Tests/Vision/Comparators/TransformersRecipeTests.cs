using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;

namespace MoodStream.MoodTests.Vision.Comparators;

/// <summary>preprocessor_config.json of transformers beside an encoder of 32 x 32 pixels: every flag is honoured or
/// refused.</summary>
public sealed class TransformersRecipeTests : IDisposable
{
    private readonly DrawnCheckpoint _checkpoint = new(TimmShapes.ResNetV2(), TimmConfigs.ResNetV2);

    [Fact]
    public void Load_ShortestEdgeAndCrop_FollowTheInputInProportion()
    {
        var recipe = RecipeOf("""
            {"do_center_crop":true,"size":{"shortest_edge":256},"crop_size":{"height":224,"width":224},"resample":3}
            """);
        Assert.Equal((new ResizeRule.ShorterSide(36), 32, ResampleFilter.Bicubic),           // ⌊256 · 32 / 224⌋
            (recipe.Resize, recipe.Crop, recipe.Filter));
    }

    [Theory]
    [InlineData("""{"do_center_crop":true,"size":256,"crop_size":224}""")]
    [InlineData("""{"do_center_crop":true,"size":{"height":256,"width":256},"crop_size":{"height":224,"width":224}}""")]
    public void Load_SquareAndCrop_ResizeToASquareThenCrop(string processor)
    {
        var recipe = RecipeOf(processor);
        Assert.Equal((new ResizeRule.Exact(36, 36), 32), (recipe.Resize, recipe.Crop));
    }

    [Theory]
    [InlineData("""{"do_center_crop":false,"size":224,"crop_size":224}""")]
    [InlineData("""{"size":{"height":224,"width":224}}""")]
    public void Load_NoCrop_ResizesToTheInput(string processor)
    {
        var recipe = RecipeOf(processor);
        Assert.Equal((new ResizeRule.Exact(32, 32), null), (recipe.Resize, recipe.Crop));
    }

    [Theory]
    [InlineData("""{"image_mean":[0.1,0.2,0.3],"image_std":[0.4,0.5,0.6]}""", 100, (100 / 255.0 - 0.1) / 0.4)]
    [InlineData("""{"image_mean":[0.1,0.2,0.3],"image_std":[0.4,0.5,0.6],"do_normalize":false}""", 100, 100 / 255.0)]
    [InlineData("""{"image_mean":[10,20,30],"image_std":[40,50,60],"do_rescale":false}""", 100, (100 - 10) / 40.0)]
    [InlineData("""{"do_normalize":false,"do_rescale":false}""", 100, 100.0)]
    [InlineData("""{"image_mean":[0.1,0,0],"image_std":[0.5,1,1],"rescale_factor":0.0078125}""", 64, (0.5 - 0.1) / 0.5)]
    public void Load_RescaleAndNormaliseFlags_GiveTheValueOfTheirFormula(string processor, byte pixel, double value)
    {
        var image = new RgbImage(32, 32, [.. Enumerable.Repeat(pixel, 3 * 32 * 32)]);
        var input = new float[3 * 32 * 32];
        RecipeOf(processor).Apply(image, input);
        Assert.Equal(value, input[0], 1e-5 * Math.Max(1, value));
    }

    [Theory]
    [InlineData("""{"do_resize":false}""", "do_resize is false")]
    [InlineData("""{"do_center_crop":false,"size":{"shortest_edge":256}}""",
        "do_center_crop is false; the input has no fixed size")]
    [InlineData("""{"size":{"shortest_edge":100},"crop_size":224}""", "ask for 14 pixels; that lies in 32..16384")]
    [InlineData("""{"size":{"shortest_edge":2000000000},"crop_size":1}""", "ask for 64000000000 pixels")]
    [InlineData("""{"do_center_crop":true,"size":256,"crop_size":{"height":224,"width":200}}""",
        "crop_size is 224x200; only squares")]
    [InlineData("""{"do_normalize":"yes"}""", "preprocessor_config.json: do_normalize is neither true nor false")]
    [InlineData("""{"rescale_factor":0}""", "rescale_factor is 0; it lies in (0, 255]")]
    [InlineData("""{"resample":5}""", "resample 5 is not supported")]
    [InlineData("""{"image_std":[1,1]}""", "image_std holds something other than three numbers")]
    [InlineData("[]", "is not a JSON object")]
    public void Load_WhatCannotBeDone_IsRefusedByName(string processor, string problem)
    {
        Write("preprocessor_config.json", processor);
        var refused = Assert.Throws<BackboneException>(() => Backbone.Load(_checkpoint.Path));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _checkpoint.Dispose();

    private PreprocessingRecipe RecipeOf(string processor)
    {
        Write("preprocessor_config.json", processor);
        using var backbone = Backbone.Load(_checkpoint.Path);
        return backbone.Recipe;
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_checkpoint.Path, name), text);
}
