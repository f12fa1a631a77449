using MoodStream.Mood.Imaging;
using MoodStream.Mood.Localisation;
using SkiaSharp;

namespace MoodStream.MoodTests.Localisation;

/// <summary>Heat maps by themselves: size, colours and opacity of the PNG.</summary>
public sealed class HeatMapLayerTests
{
    private static readonly PreprocessingRecipe Whole = new() { Resize = new ResizeRule.Exact(8, 8) };
    private static readonly HeatMapScale Scale = new(10, 30);

    [Fact]
    public void Png_OnePlantedPatch_IsHottestThereWithColoursByHand()
    {
        // 2 x 2 patches over 4 x 4 pixels: the corner pixels have the values of their patches.
        using var layer = Draw(new HeatMap(new PatchGrid(2, 2), [10, 10, 10, 30]), Whole, 4, 4);

        Assert.Equal(Pixel(HeatColours.At(0), 0.1), layer.GetPixel(0, 0));
        Assert.Equal(Pixel(HeatColours.At(1), 0.75), layer.GetPixel(3, 3));
        // Its centre lies a quarter patch before that of the last one, both ways: 10 + 20 · 0.75², 0.5625 of the scale.
        Assert.Equal(Pixel(HeatColours.At(0.5625), 0.1 + 0.65 * 0.5625), layer.GetPixel(2, 2));
        var opacities = layer.Pixels.Select(p => p.Alpha).ToList();
        Assert.Equal(15, opacities.IndexOf(opacities.Max()));
    }

    [Theory]
    [InlineData(640, 480, 96, 72)]
    [InlineData(480, 640, 72, 96)]
    [InlineData(96, 50, 96, 50)]
    [InlineData(10_000, 3, 96, 1)]
    public void Png_Image_HasItsShapeAndABoundedSize(int width, int height, int across, int down)
    {
        using var layer = Draw(new HeatMap(new PatchGrid(2, 2), [10, 20, 30, 40]), Whole, width, height);
        Assert.Equal((across, down), (layer.Width, layer.Height));
    }

    [Fact]
    public void Png_WhatTheCropCutOff_IsTransparent()
    {
        // 16 x 8 pixels, shorter side 8 kept, centre crop 8: columns 4 to 11 are seen.
        var recipe = new PreprocessingRecipe { Resize = new ResizeRule.ShorterSide(8), Crop = 8 };
        using var layer = Draw(new HeatMap(new PatchGrid(1, 1), [30]), recipe, 16, 8);
        Assert.Equal(
            Enumerable.Range(0, 16).Select(x => x is < 4 or > 11 ? 0 : 191),
            Enumerable.Range(0, 16).Select(x => (int)layer.GetPixel(x, 5).Alpha));
    }

    private static SKBitmap Draw(HeatMap map, PreprocessingRecipe recipe, int width, int height)
    {
        using var codec = SKCodec.Create(new SKMemoryStream(HeatMapLayer.Png(map, Scale, recipe, width, height)));
        return SKBitmap.Decode(codec, codec.Info.WithColorType(SKColorType.Rgba8888).WithAlphaType(SKAlphaType.Unpremul));
    }

    private static SKColor Pixel(Rgb colour, double opacity) =>
        new(colour.Red, colour.Green, colour.Blue, (byte)Math.Round(255 * opacity));
}
