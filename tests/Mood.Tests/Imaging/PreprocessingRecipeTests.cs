using CsCheck;
using MoodStream.Mood.Imaging;

namespace MoodStream.MoodTests.Imaging;

/// <summary>The recipe as a value: its hash, its JSON, what it refuses, and strange image shapes.</summary>
public sealed class PreprocessingRecipeTests
{
    private static readonly PreprocessingRecipe Square = new() { Resize = new ResizeRule.Exact(32, 32) };

    private static readonly PreprocessingRecipe Centre = new() { Resize = new ResizeRule.ShorterSide(256), Crop = 224 };

    [Fact]
    public void ToJson_Recipe_HasOneSpelling() => Assert.Equal(
        """
        {"version":1,"resize":{"shorterSide":256},"filter":"bicubic","crop":224,"cropRounding":"half-to-even","applyOrientation":true,"alphaGround":"#ffffff","mean":[0.5,0.5,0.5],"std":[0.5,0.5,0.5]}
        """,
        Centre.ToJson());

    [Fact]
    public void ToJson_ShrinkOnLoad_IsNamedOnlyWhereItIsOn()
    {
        Assert.Contains("\"applyOrientation\":true,\"shrinkOnLoad\":true,", (Centre with { ShrinkOnLoad = true }).ToJson());
        Assert.DoesNotContain("shrink", Centre.ToJson());
    }

    [Fact]
    public void Hash_Recipe_IsPinned()
    {
        Assert.Equal("152bfd87945f84cc", Centre.Hash);
        Assert.Equal("8cd5504632a11ce6", Square.Hash);
    }

    [Fact]
    public void Hash_AnyMemberChanged_IsAnother()
    {
        PreprocessingRecipe[] all =
        [
            Centre, Square, Centre with { Resize = new ResizeRule.ShorterSide(257) }, Centre with { Crop = 223 },
            Centre with { Filter = ResampleFilter.Lanczos }, Centre with { CropRounding = CropRounding.Floor },
            Centre with { ApplyOrientation = false }, Centre with { ShrinkOnLoad = true }, Centre with { AlphaGround = AlphaGround.Dropped },
            Centre with { AlphaGround = AlphaGround.Over(255, 255, 254) },
            Centre with { Mean = ChannelValues.ImageNetMean }, Centre with { Std = ChannelValues.ImageNetStd },
            Square with { Resize = new ResizeRule.Exact(32, 33) },
        ];
        Assert.Equal(all.Length, all.Select(r => r.Hash).Distinct().Count());
    }

    [Fact]
    public void FromJson_OfToJson_IsTheSameRecipe()
    {
        foreach (var recipe in new[] { Square, Centre, Centre with { ShrinkOnLoad = true }, Centre with { Mean = ChannelValues.ImageNetMean, AlphaGround = AlphaGround.Dropped } })
        {
            Assert.Equal(recipe, PreprocessingRecipe.FromJson(recipe.ToJson()));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    public void FromJson_NotARecipe_Throws(string json) =>
        Assert.Throws<FormatException>(() => PreprocessingRecipe.FromJson(json));

    [Theory]
    [InlineData("\"version\":1", "\"version\":2")]
    [InlineData("\"crop\":224", "\"crop\":257")]
    [InlineData("\"crop\":224", "\"crop\":0")]
    [InlineData("\"crop\":224", "\"crop\":null")]
    [InlineData("\"crop\":224", "\"crop\":\"224\"")]
    [InlineData("\"crop\":224", "\"crop\":1e99")]
    [InlineData("\"crop\":224", "\"crop\":224,\"sharpen\":1")]
    [InlineData("\"crop\":224", "\"crop\":224,\"shrinkOnLoad\":1")]
    [InlineData("bicubic", "nearest")]
    [InlineData("#ffffff", "#fffff")]
    [InlineData("#ffffff", "white")]
    [InlineData("\"shorterSide\":256", "\"shorterSide\":0")]
    [InlineData("\"shorterSide\":256", "\"longerSide\":256")]
    [InlineData("\"std\":[0.5,0.5,0.5]", "\"std\":[0.5,0.5,0]")]
    [InlineData("\"std\":[0.5,0.5,0.5]", "\"std\":[0.5,0.5]")]
    [InlineData("\"std\":[0.5,0.5,0.5]", "\"std\":[0.5,0.5,1e99]")]
    public void FromJson_OneMemberWrong_Throws(string right, string wrong)
    {
        var json = Centre.ToJson();
        Assert.Contains(right, json);
        Assert.Throws<FormatException>(() => PreprocessingRecipe.FromJson(json.Replace(right, wrong)));
    }

    [Fact]
    public void ApplyPixels_Windowed_IsTheCropOfTheWholeResize() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 90], Gen.Int[1, 50], Gen.Enum<ResampleFilter>()).Sample((width, height, side, filter) =>
        {
            var image = TestFiles.Gradient(width, height);
            var recipe = new PreprocessingRecipe { Resize = new ResizeRule.ShorterSide(50), Crop = side, Filter = filter };
            var (w, h) = width <= height ? (50, 50 * height / width) : (50 * width / height, 50);
            var whole = PillowResize.Resize(image, w, h, filter);
            var (left, top) = (Math.Round((w - side) / 2.0), Math.Round((h - side) / 2.0));
            return whole.Crop((int)left, (int)top, side, side).Pixels.AsSpan().SequenceEqual(recipe.ApplyPixels(image).Pixels);
        }, seed: "0N0XIzNsQ0O2", iter: 300, threads: 1);

    [Theory]
    [InlineData(1, 32_000)]
    [InlineData(32_000, 1)]
    [InlineData(1, 1)]
    public void ApplyPixels_ExtremeShape_CostsNoMoreThanItsWindow(int width, int height)
    {
        var image = TestFiles.Gradient(width, height);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var pixels = Centre.ApplyPixels(image);
        Assert.Equal((224, 224), (pixels.Width, pixels.Height));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void Apply_WhiteAndBlack_AreOneAndMinusOne()
    {
        var image = new RgbImage(32, 32, [.. Enumerable.Range(0, 32 * 32 * 3).Select(i => (byte)(i % 3 == 0 ? 255 : 0))]);
        var tensor = new float[3 * 32 * 32];
        Square.Apply(image, tensor);
        Assert.All(tensor.Take(32 * 32), v => Assert.Equal(1f, v));
        Assert.All(tensor.Skip(32 * 32), v => Assert.Equal(-1f, v));
    }

    [Fact]
    public void Apply_DestinationOfAnotherSize_Throws() => Assert.Throws<ArgumentException>(
        () => Square.Apply(TestFiles.Gradient(4, 4), new float[5]));
}
