using CsCheck;
using MoodStream.Mood.Imaging;

namespace MoodStream.MoodTests.Imaging;

/// <summary>Laws of resizing.</summary>
public sealed class PillowResizeTests
{
    private static readonly Gen<ResampleFilter> Filters = Gen.Enum<ResampleFilter>();

    [Fact]
    public void Resize_OneColour_StaysThatColour() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[1, 60], Gen.Byte, Filters).Sample((width, height, side, value, filter) =>
        {
            var flat = new RgbImage(width, height, [.. Enumerable.Repeat(value, width * height * 3)]);
            return PillowResize.Resize(flat, side, side + 1, filter).Pixels.All(p => p == value);
        }, seed: "0N0XIzNsQ0O2", iter: 300, threads: 1);

    [Fact]
    public void Resize_MirroredImage_IsTheMirroredResult()
    {
        // 48 -> 20 columns: the taps lie symmetrically.
        var image = TestFiles.Gradient(48, 30);
        foreach (var filter in Enum.GetValues<ResampleFilter>())
        {
            var mirrored = PillowResize.Resize(Mirror(image), 20, 17, filter);
            Assert.Equal(Mirror(PillowResize.Resize(image, 20, 17, filter)).Pixels, mirrored.Pixels);
        }
    }

    [Fact]
    public void Resize_SameSize_IsTheImageItself()
    {
        var image = TestFiles.Gradient(9, 7);
        Assert.Same(image, PillowResize.Resize(image, 9, 7, ResampleFilter.Lanczos));
    }

    [Fact]
    public void Resize_BoxOfWholePixelsAtItsOwnSize_IsThatPart()
    {
        // At scale 1 the bicubic kernel is 1 at the pixel and 0 at its neighbours.
        var image = TestFiles.Gradient(20, 16);
        var part = PillowResize.Resize(image, 8, 6, ResampleFilter.Bicubic, new CropBox(5, 4, 13, 10));
        Assert.Equal(image.Crop(5, 4, 8, 6).Pixels, part.Pixels);
    }

    [Theory]
    [InlineData(-1, 0, 5, 5)]
    [InlineData(0, 0, 21, 5)]
    [InlineData(3, 0, 3, 5)]
    [InlineData(float.NaN, 0, 5, 5)]
    public void Resize_BoxOutside_Throws(float left, float top, float right, float bottom) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PillowResize.Resize(
            TestFiles.Gradient(20, 16), 4, 4, ResampleFilter.Bilinear, new CropBox(left, top, right, bottom)));

    private static RgbImage Mirror(RgbImage image) => new(
        image.Width, image.Height,
        [.. Enumerable.Range(0, image.Height).SelectMany(y => image.Row(y).ToArray().Chunk(3).Reverse().SelectMany(p => p))]);
}
