using CsCheck;
using MoodStream.Gateway.Http;
using MoodStream.GatewayTests.Fakes;

namespace MoodStream.GatewayTests.Http;

public sealed class MediaTypesTests
{
    [Fact]
    public void Sniff_EachFormat_IsTold()
    {
        Assert.Equal("image/jpeg", MediaTypes.Sniff(Samples.Jpeg));
        Assert.Equal("image/png", MediaTypes.Sniff(Samples.Png));
        Assert.Equal("image/gif", MediaTypes.Sniff(Samples.Gif));
        Assert.Equal("image/webp", MediaTypes.Sniff(Samples.WebP));
        Assert.Equal("image/bmp", MediaTypes.Sniff(Samples.Bmp));
    }

    [Theory]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("<!doctype html><script>alert(1)</script>")]
    [InlineData("BM is how this text begins, and it goes on for a while")]
    [InlineData("RIFF1234WAVEfmt and so on")]
    [InlineData("%PDF-1.7")]
    [InlineData("")]
    public void Sniff_AnythingElse_IsNone(string text) => Assert.Null(MediaTypes.Sniff(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Sniff_AnyBytes_NeverThrowsAndNeverTellsMoreThanRaster() => Gen.Byte.Array[0, 40].Sample(bytes =>
        MediaTypes.Sniff(bytes) is null || MediaTypes.Raster.Contains(MediaTypes.Sniff(bytes)!), seed: "0000KOIKqNC3");
}
