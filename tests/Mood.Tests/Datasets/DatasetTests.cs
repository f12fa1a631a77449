using System.Buffers.Binary;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.TestKit;

namespace MoodStream.MoodTests.Datasets;

public sealed class DatasetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;

    [Fact]
    public void Cifar_TwoRecords_HaveTheirLabelsAndInterleavedPixels()
    {
        var bytes = new byte[2 * 3073];
        bytes[0] = 3;
        bytes[3073] = 1;
        bytes[3073 + 1] = 10;                       // red of the first pixel
        bytes[3073 + 1 + 1024] = 20;                // green
        bytes[3073 + 1 + 2048] = 30;                // blue
        var set = DatasetName.Open("cifar:" + Write("a.bin", bytes));
        Assert.Equal((2, 3, 1, 4), (set.Count, set.LabelOf(0), set.LabelOf(1), set.ClassNames.Count));
        Assert.Equal([10, 20, 30], set.Read(1).Image!.Pixels[..3]);
        Assert.Equal(set.Read(1).Image!.Pixels, ImageDecoder.Decode(set.ReadEncoded(1), new()).Image!.Pixels);
    }

    [Fact]
    public void Idx_WithLabels_IsReadAndAMismatchIsRefused()
    {
        var images = new byte[16 + 2 * 6];
        foreach (var (at, value) in new[] { (0, 0x803), (4, 2), (8, 2), (12, 3) }) BinaryPrimitives.WriteInt32BigEndian(images.AsSpan(at), value);
        images[16 + 6] = 200;
        var labels = new byte[] { 0, 0, 8, 1, 0, 0, 0, 2, 5, 7 };
        var set = DatasetName.Open($"idx:{Write("i-idx3", images)},{Write("l-idx1", labels)}");
        Assert.Equal((2, 7, 3, 2), (set.Count, set.LabelOf(1), set.Read(1).Image!.Width, set.Read(1).Image!.Height));
        Assert.Equal([200, 200, 200, 0], set.Read(1).Image!.Pixels[..4]);

        labels[7] = 1;
        Assert.Throws<DatasetException>(() => DatasetName.Open($"idx:{Write("i-idx3", images)},{Write("l-idx1", labels)}"));
        Assert.Throws<DatasetException>(() => DatasetName.Open($"idx:{Write("i-idx3", images[..20])}"));
    }

    [Fact]
    public void Folder_SubFolders_AreClassesInOrdinalOrder()
    {
        var png = ImageEncoder.Png(new RgbImage(1, 1, [1, 2, 3]));
        foreach (var path in new[] { "b/1.png", "a/2.png", "a/1.PNG" }) Write(path, png);
        Write("a/readme.txt", [1]);
        var set = DatasetName.Open(_folder);
        Assert.Equal(["a", "b"], set.ClassNames);
        Assert.Equal([0, 0, 1], Enumerable.Range(0, set.Count).Select(i => set.LabelOf(i)!.Value));
    }

    [Fact]
    public void Mosaic_TwoFilesTheLastLower_GivesTilesRowByRow()
    {
        Write("m_00.jpg", ImageEncoder.Jpeg(Grey(64, 64, (x, y) => x < 32 ? (y < 32 ? 10 : 90) : (y < 32 ? 50 : 130)), 100));
        Write("m_01.jpg", ImageEncoder.Jpeg(Grey(64, 32, (x, _) => x < 32 ? 200 : 240), 100));
        Write("m.labels", [4, 3, 2, 1, 0]);
        var set = DatasetName.Open("mosaic:" + _folder);
        Assert.Equal((5, 4, 0), (set.Count, set.LabelOf(0), set.LabelOf(4)));
        Assert.Equal([10, 50, 90, 130, 200], Enumerable.Range(0, 5).Select(i => (int)Math.Round(set.Read(i).Image!.Pixels[3 * 500] / 10.0) * 10));
    }

    [Fact]
    public void WithoutClasses_MosaicOfFive_NumbersTheRestAnewAndKeepsTheirImages()
    {
        Write("m_00.jpg", ImageEncoder.Jpeg(Grey(64, 64, (x, y) => x < 32 ? (y < 32 ? 10 : 90) : (y < 32 ? 50 : 130)), 100));
        Write("m.labels", [4, 0, 2, 4]);
        var whole = DatasetName.Open("mosaic:" + _folder);
        var list = Write("out.txt", "class 0 tench, Tinca tinca\n\nclass 3\n"u8.ToArray());
        Assert.Equal(["class", "class"], ClassSelection.ReadNames(list));

        var kept = ClassSelection.Without(whole, ["class 0", "class 3"]);
        Assert.Equal(["class 1", "class 2", "class 4"], kept.ClassNames);
        Assert.Equal([2, 1, 2], Enumerable.Range(0, kept.Count).Select(i => kept.LabelOf(i)!.Value));
        Assert.Equal(whole.Read(2).Image!.Pixels, kept.Read(1).Image!.Pixels);
        Assert.Contains("class 9", Assert.Throws<DatasetException>(() => ClassSelection.Without(whole, ["class 9"])).Message, StringComparison.Ordinal);
        Assert.Throws<DatasetException>(() => ClassSelection.Without(whole, whole.ClassNames));
    }

    [Theory]
    [InlineData("zip:a", "no kind of data set")]
    [InlineData("cifar:nowhere.bin", "no such file")]
    [InlineData("folder:nowhere", "no such folder")]
    [InlineData("mosaic:nowhere", "no such folder")]
    [InlineData("nowhere", "no such file or folder")]
    public void Open_WrongName_SaysWhatAndWhere(string name, string problem) =>
        Assert.Contains(problem, Assert.Throws<DatasetException>(() => DatasetName.Open(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void Open_RealSets_HaveTheirKnownSizes()
    {
        Assert.Equal((10_000, 10), Size("cifar:" + SharedFiles.Require("data", "cifar10", "test.bin")));
        Assert.Equal((100_000, 200), Size(SharedFiles.Require("data", "tiny_imagenet_pack")));
        Assert.Equal((320, 0), Size(SharedFiles.Require("data", "mvtec_screw_256", "train", "good")));
        Assert.Equal((160, 2), Size(SharedFiles.Require("data", "mvtec_screw_256", "test")));

        static (int, int) Size(string name)
        {
            var set = DatasetName.Open(name);
            return (set.Count, set.ClassNames.Count);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static RgbImage Grey(int width, int height, Func<int, int, int> value) => new(width, height,
        [.. Enumerable.Range(0, width * height * 3).Select(i => (byte)value(i / 3 % width, i / 3 / width))]);
}
