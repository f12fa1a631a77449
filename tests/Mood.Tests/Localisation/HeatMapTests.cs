using MoodStream.Mood.Imaging;
using MoodStream.Mood.Localisation;

namespace MoodStream.MoodTests.Localisation;

/// <summary>Heat maps: the way back to the image's pixels, smoothing, colours, drawing.</summary>
public sealed class HeatMapTests
{
    private static readonly PreprocessingRecipe Whole = new() { Resize = new ResizeRule.Exact(8, 8) };

    [Fact]
    public void Spread_TwoByTwo_IsBilinearBetweenPatchCentres()
    {
        // 4 pixels over 2 patches: centres of the pixels lie at -0.25, 0.25, 0.75, 1.25 patches from the first centre.
        var pixels = new HeatMap(new PatchGrid(2, 2), [0, 1, 2, 3]).Spread(Whole, 4, 4);
        Assert.Equal([0, 0.25f, 0.75f, 1], pixels[..4]);
        Assert.Equal([0, 0.5f, 1.5f, 2], [pixels[0], pixels[4], pixels[8], pixels[12]]);
        Assert.Equal(3, pixels[15]);
    }

    [Fact]
    public void Spread_ConstantMap_StaysConstantAtAnySize() =>
        Assert.All(new HeatMap(new PatchGrid(3, 5), [.. Enumerable.Repeat(2.5, 15)])
            .Spread(Whole, 31, 17), v => Assert.Equal(2.5f, v));

    [Fact]
    public void Spread_RecipeThatCrops_LeavesWhatTheBackboneNeverSawUndefined()
    {
        // 16 x 8 pixels, shorter side 8 kept, centre crop 8: columns 4 to 11 are seen.
        var recipe = new PreprocessingRecipe { Resize = new ResizeRule.ShorterSide(8), Crop = 8 };
        var row = new HeatMap(new PatchGrid(2, 2), [0, 1, 0, 1]).Spread(recipe, 16, 8)[..16];
        Assert.Equal(Enumerable.Range(0, 16).Select(x => x is < 4 or > 11), row.Select(float.IsNaN));
        Assert.Equal((0, 1), (row[4], row[11]));
        Assert.Equal(0.125f, row[6], 6);              // centre at 2.5 of 8 input pixels: 0.125 patches past the first centre
    }

    [Fact]
    public void Smoothed_ConstantMap_StaysConstantAndAPointKeepsItsPlace()
    {
        var flat = new HeatMap(new PatchGrid(4, 4), [.. Enumerable.Repeat(3.0, 16)]).Smoothed(1.5);
        Assert.All(flat.Values, v => Assert.Equal(3, v, 12));
        var values = new double[25];
        values[12] = 1;
        var point = new HeatMap(new PatchGrid(5, 5), values).Smoothed(1);
        Assert.Equal(point.Peak, point.Values[12]);
        Assert.Equal(point.Values[11], point.Values[7], 12);
        Assert.Throws<ArgumentOutOfRangeException>(() => point.Smoothed(-1));
    }

    [Fact]
    public void Scale_OfAThousandValues_IsTheirMedianAndTheirLastButOne()
    {
        var scale = HeatMapScale.Of([[.. Enumerable.Range(1, 1000).Select(i => (double)i)]]);
        Assert.Equal(new HeatMapScale(500, 999), scale);
        Assert.Equal((0, 1), (scale.PlaceOf(-5), scale.PlaceOf(5000)));
        Assert.Throws<ArgumentException>(() => HeatMapScale.Of([[1, 1]]));
    }

    [Fact]
    public void Colours_AlongTheScale_GrowLighterInStepsThatLookEqual()
    {
        var luminances = Enumerable.Range(0, 256).Select(i => Luminance(HeatColours.At(i / 255.0))).ToArray();
        Assert.All(luminances.Zip(luminances.Skip(8)), pair => Assert.True(pair.Second > pair.First));
        Assert.True(luminances[0] < 0.02 && luminances[^1] > 0.75);
    }

    [Fact]
    public void Draw_AnImage_KeepsItsPixelsInPlaceAndColoursByValueAlone()
    {
        var grey = new RgbImage(3, 2, [.. Enumerable.Repeat((byte)200, 18)]);
        var drawn = HeatMapOverlay.Draw(grey, [0, 5, 10, float.NaN, 5, 99], new HeatMapScale(0, 10));
        Assert.Equal((3 + HeatMapOverlay.Gap + HeatMapOverlay.BarWidth, 2), (drawn.Width, drawn.Height));
        Assert.Equal(drawn.Row(0)[3..6].ToArray(), drawn.Row(1)[3..6].ToArray());
        Assert.Equal(drawn.Row(0)[6..9].ToArray(), drawn.Row(1)[6..9].ToArray());
        Assert.Equal([120, 120, 120], drawn.Row(1)[..3].ToArray());
        Assert.Throws<ArgumentException>(() => HeatMapOverlay.Draw(grey, [1, 2], new HeatMapScale(0, 10)));
    }

    [Fact]
    public void GreyCells_OneBrightCell_IsTheOneThatStandsOut()
    {
        var cells = new GreyCells(new PatchGrid(2, 2));
        for (var i = 0; i < 10; i++) cells.Add([0.5, 0.5, 0.5, 0.5 + (i % 2 == 0 ? 0.1 : -0.1)]);
        var odd = new[] { 0.5, 0.6, 0.5, 0.6 };
        Assert.Equal([0, 0.1, 0, 0.1], cells.Difference(odd).Values.Select(v => Math.Round(v, 12)));
        Assert.True(cells.Distance(odd).Values[1] > 100 * cells.Distance(odd).Values[3]);
        Assert.Equal([1, 0, 1, 0], cells.Of(new RgbImage(2, 2, [255, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0])));
    }

    private static double Luminance(Rgb c) => 0.2126 * Linear(c.Red) + 0.7152 * Linear(c.Green)
        + 0.0722 * Linear(c.Blue);

    private static double Linear(byte value) => Math.Pow(value / 255.0, 2.2);
}
