using System.Text;
using MoodStream.Bench.Fuzz;
using MoodStream.Contracts;
using MoodStream.Mood.Imaging;

namespace MoodStream.BenchTests.Fuzz;

/// <summary>The corpus is what its kinds say, and the same for the same seed.</summary>
public sealed class FuzzCorpusTests
{
    private static readonly byte[] Frame = ImageEncoder.Jpeg(new RgbImage(32, 32, [.. Enumerable.Range(0, 32 * 32 * 3).Select(i => (byte)i)]), 90);

    [Fact]
    public void Items_SameSeed_AreTheSame()
    {
        var (one, other) = (Items(3), Items(3));
        Assert.Equal(one.Select(i => (i.Kind, i.Id, Convert.ToHexString(i.Bytes))), other.Select(i => (i.Kind, i.Id, Convert.ToHexString(i.Bytes))));
        Assert.NotEqual(one.Select(i => Convert.ToHexString(i.Bytes)), Items(4).Select(i => Convert.ToHexString(i.Bytes)));
    }

    [Fact]
    public void Items_TwoHundred_AreOfEveryKindAndTwoAreLarge()
    {
        var kinds = Items(3).CountBy(i => i.Kind).ToDictionary();
        Assert.Equal(21, kinds.Count);
        Assert.Equal(2, kinds["header of megabytes"]);
    }

    [Fact]
    public void Items_EveryImage_IsDecodedOrRefusedAndNeverThrows() => Assert.All(Items(5).Where(i => i.Bytes.Length > 0), item =>
    {
        var decoded = ImageDecoder.Decode(item.Bytes, new DecodeSettings());
        Assert.True(decoded.Image is null == decoded.Fault is not null);
    });

    [Fact]
    public void Items_WrongText_IsNoUtf8()
    {
        var id = Items(3).First(i => i.Kind == "id that is no text").Headers.Single(h => h.Key == RecordHeaders.Id).Value!;
        Assert.Throws<DecoderFallbackException>(() => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(id));
    }

    private static List<FuzzItem> Items(int seed) => [.. new FuzzCorpus([Frame], seed, largestHeader: 100_000).Items(200)];
}
