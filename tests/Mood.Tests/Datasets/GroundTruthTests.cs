using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;

namespace MoodStream.MoodTests.Datasets;

/// <summary>Masks of test images: found by name or by a table, and refused with what is wrong.</summary>
public sealed class GroundTruthTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;

    public GroundTruthTests()
    {
        Png("test/good/000.png", 4, 3, 0);
        Png("test/scratch/000.png", 4, 3, 0);
        Png("truth/scratch/000_mask.png", 4, 3, 255);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_NamesOfMvtec_FindsEachMask()
    {
        var truth = Open();
        Assert.Equal("good", truth.IdClass);
        Assert.Null(truth.Read(0, 4, 3));
        Assert.Equal(12, truth.Read(1, 4, 3)!.Count(m => m));
    }

    [Fact]
    public void Open_MaskMissing_NamesIt()
    {
        Png("test/scratch/001.png", 4, 3, 0);
        var error = Assert.Throws<DatasetException>(() => Open()).Message;
        Assert.Contains(Path.Combine("scratch", "001_mask.png"), error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherSizeOrNoMarkedPixel_IsRefusedWithTheNumbers()
    {
        Assert.Contains("4 x 3 pixels, its image 8 x 8", Assert.Throws<DatasetException>(() => Open().Read(1, 8, 8))
            .Message, StringComparison.Ordinal);
        Png("truth/scratch/000_mask.png", 4, 3, 127);
        Assert.Contains("marks no pixel", Assert.Throws<DatasetException>(() => Open().Read(1, 4, 3))
            .Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TableOfPairs_GoesBeforeNames()
    {
        Directory.Move(Path.Combine(_folder, "test", "good"), Path.Combine(_folder, "test", "0"));
        Directory.Move(Path.Combine(_folder, "test", "scratch"), Path.Combine(_folder, "test", "1"));
        Assert.Contains("--mask-pairs", Assert.Throws<DatasetException>(() => Open())
            .Message, StringComparison.Ordinal);
        var truth = Open("image,mask\n1/000.png,scratch/000_mask.png\n");
        Assert.Equal("0", truth.IdClass);
        Assert.NotNull(truth.MaskOf(1));
    }

    [Theory]
    [InlineData("image;mask\n", "first line")]
    [InlineData("image,mask\n../x.png,a.png\n", "line 2")]
    [InlineData("image,mask\na.png\n", "line 2")]
    [InlineData("image,mask\ngood/000.png,a\ngood/000.png,b\n", "twice")]
    [InlineData("image,mask\nno/such.png,a.png\n", "no image of")]
    public void Open_WrongTable_IsRefusedWithTheLine(string table, string message) =>
        Assert.Contains(message, Assert.Throws<DatasetException>(() => Open(table)).Message, StringComparison.Ordinal);

    private GroundTruth Open(string? table = null)
    {
        var pairs = table is null ? null : Path.Combine(_folder, "pairs.csv");
        if (pairs is not null) File.WriteAllText(pairs, table);
        return GroundTruth.Open(
            ImageFolder.Open(Path.Combine(_folder, "test"), DecodeSettings.Default),
            new GroundTruthPlace(Path.Combine(_folder, "truth"), pairs));
    }

    private void Png(string name, int width, int height, byte grey)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, ImageEncoder.Png(
            new RgbImage(width, height, [.. Enumerable.Repeat(grey, width * height * 3)])));
    }
}
