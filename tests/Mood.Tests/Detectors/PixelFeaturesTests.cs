using MoodStream.Mood.Detectors;

namespace MoodStream.MoodTests.Detectors;

/// <summary>Exact area means of pixels.</summary>
public sealed class PixelFeaturesTests
{
    [Fact]
    public void Extract_MultipleOfEight_IsTheMeanOfEachBlock()
    {
        // 16 x 8: cells of 2 x 1 pixels; red holds x, green holds y, blue 255.
        var rgb = new byte[16 * 8 * 3];
        for (var y = 0; y < 8; y++)
            for (var x = 0; x < 16; x++)
                new byte[] { (byte)x, (byte)y, 255 }.CopyTo(rgb, (y * 16 + x) * 3);
        var values = PixelFeatures.Extract(rgb, 16, 8);
        for (var row = 0; row < 8; row++)
        {
            for (var column = 0; column < 8; column++)
            {
                Assert.Equal((2 * column + 0.5f) / 255, values[row * 8 + column], 1e-7f);
                Assert.Equal(row / 255f, values[64 + row * 8 + column], 1e-7f);
                Assert.Equal(1, values[128 + row * 8 + column]);
            }
        }
    }

    [Theory]
    [InlineData(32, 32)]
    [InlineData(11, 13)]
    [InlineData(7, 3)]
    [InlineData(1, 1)]
    public void Extract_AnySize_KeepsTheMeanOfTheImage(int width, int height)
    {
        var rgb = new byte[width * height * 3];
        new Random(4).NextBytes(rgb);
        var values = PixelFeatures.Extract(rgb, width, height);
        for (var channel = 0; channel < 3; channel++)
        {
            var expected = Enumerable.Range(0, width * height).Average(i => rgb[i * 3 + channel] / 255.0);
            Assert.Equal(expected, values.Skip(channel * 64).Take(64).Average(v => (double)v), 1e-6);
        }
    }

    [Fact]
    public void Extract_TenPixelsWide_SplitsThePixelThatStraddles()
    {
        // Cells are 1.25 pixels wide: the first is pixel 0 and a quarter of pixel 1.
        var rgb = new byte[10 * 8 * 3];
        for (var y = 0; y < 8; y++) rgb[(y * 10 + 1) * 3] = 250;
        Assert.Equal(250 * 0.25 / 1.25 / 255, PixelFeatures.Extract(rgb, 10, 8)[0], 1e-6);
    }

    [Fact]
    public void Extract_BytesThatDoNotFitTheSize_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => PixelFeatures.Extract(new byte[11], 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelFeatures.Extract([], 0, 2));
    }
}
