using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Imaging;

namespace MoodStream.MoodTests.Augmentation;

public sealed class ColourJitterTests
{
    private static readonly RgbImage Drawn = new(8, 8, [.. Enumerable.Range(0, 192).Select(i => (byte)(i * 37 % 251))]);

    [Fact]
    public void Apply_NoChange_LeavesTheImage()
    {
        var jitter = new ColourJitter(0, 0, 0);
        Assert.All(Enumerable.Range(0, 20), seed => Assert.Equal(Drawn.Pixels, jitter.Apply(Drawn, new Random(seed)).Pixels));
    }

    [Fact]
    public void Apply_AllGrey_HasEqualChannels()
    {
        var grey = new ColourJitter(0.4, 0.4, 0.4) { GreyShare = 1 }.Apply(Drawn, new Random(1));
        Assert.All(grey.Pixels.Chunk(3), p => Assert.Single(p.Distinct()));
    }

    [Fact]
    public void Apply_AllSolarised_HasNothingAboveTheThreshold() =>
        Assert.All(new ColourJitter(0, 0, 0) { SolariseShare = 1 }.Apply(Drawn, new Random(1)).Pixels, v => Assert.True(v < 128));

    [Fact]
    public void Apply_Share_IsTheShareOfImagesThatChange()
    {
        var jitter = new ColourJitter(0.4, 0.4, 0.4) { Share = 0.8 };
        var changed = Enumerable.Range(0, 500).Count(seed => !jitter.Apply(Drawn, new Random(seed)).Pixels.AsSpan().SequenceEqual(Drawn.Pixels));
        Assert.InRange(changed, 360, 440);                              // 400 ± 4.5 standard deviations of 8.9
    }
}
