using MoodStream.Mood.Datasets;
using MoodStream.TestKit;

namespace MoodStream.MoodTests.Datasets;

/// <summary>The binary layouts of CIFAR by hand-made files, and the superclasses of CIFAR-100.</summary>
public sealed class CifarTests : IDisposable
{
    private const int Apple = 0, AquariumFish = 1, Worm = 99;
    private const int Fish = 1, Fruit = 4, Invertebrates = 13;
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;

    [Fact]
    public void Open_TwoLabelBytes_AreSuperclassAndClass()
    {
        var set = DatasetName.Open("cifar:" + Write("a.bin", [.. Record(50, Fruit, Apple), .. Record(60, Invertebrates, Worm)]));
        Assert.Equal((2, Apple, Worm, 100), (set.Count, set.LabelOf(0), set.LabelOf(1), set.ClassNames.Count));
        Assert.Equal(("apple", "worm"), (set.ClassNames[Apple], set.ClassNames[Worm]));
        Assert.Equal([60, 61, 62], set.Read(1).Image!.Pixels[..3]);
    }

    [Fact]
    public void Open_ClassOfAnotherSuperclass_NamesTheRecord() =>
        Assert.Contains("record 1 has the superclass 4 and the class 1", Assert.Throws<DatasetException>(() => DatasetName.Open(
            "cifar:" + Write("a.bin", [.. Record(0, Fruit, Apple), .. Record(0, Fruit, AquariumFish)]))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Open_SeveralFiles_AreOneSetInTheirOrder()
    {
        string one = Write("1.bin", Record(10, 3)), two = Write("2.bin", [.. Record(20, 1), .. Record(30, 2)]);
        var set = DatasetName.Open($"cifar:{one},{two}");
        Assert.Equal([3, 1, 2], Enumerable.Range(0, set.Count).Select(i => set.LabelOf(i)!.Value));
        Assert.Equal([10, 20, 30], Enumerable.Range(0, set.Count).Select(i => (int)set.Read(i).Image!.Pixels[0]));
        Assert.NotEqual(DatasetHash.Of(set), DatasetHash.Of(DatasetName.Open($"cifar:{two},{one}")));
    }

    [Fact]
    public void Open_FilesOfTwoLayouts_AreRefused() =>
        Assert.Contains("no one data set", Assert.Throws<DatasetException>(() => DatasetName.Open(
            $"cifar:{Write("1.bin", Record(0, 3))},{Write("2.bin", Record(0, Fish, AquariumFish))}")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Open_LabelBeyondTheNames_IsRefused() =>
        Assert.Contains("label 3, yet there are 2 classes", Assert.Throws<DatasetException>(
            () => CifarBinary.Open([Write("a.bin", Record(0, 3))], ["cat", "dog"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Superclasses_HaveFiveClassesEach()
    {
        Assert.Equal((100, 20), (Cifar100.ClassNames.Count, Cifar100.SuperclassNames.Count));
        Assert.All(
            Cifar100.ClassNames.GroupBy(n => Cifar100.SuperclassOf(n)), group => Assert.Equal(5, group.Count()));
        Assert.Null(Cifar100.SuperclassOf("airplane"));
    }

    /// <summary>The file's own first byte is the reference: it was written by the data set's authors' rule.</summary>
    [Fact]
    public void SuperclassLabels_OfBothBytes_AreTheFirst()
    {
        var set = SuperclassLabels.Of(DatasetName.Open(
            "cifar:" + Write("a.bin", [.. Record(0, Fruit, Apple), .. Record(0, Fish, AquariumFish), .. Record(0, Invertebrates, Worm)])));
        Assert.Equal([Fruit, Fish, Invertebrates], Enumerable.Range(0, set.Count).Select(i => set.LabelOf(i)!.Value));
        Assert.Equal(("fish", "non-insect_invertebrates"), (set.ClassNames[Fish], set.ClassNames[Invertebrates]));
    }

    [Fact]
    public void SuperclassLabels_RealImages_HaveEverySuperclass()
    {
        var set = SuperclassLabels.Of(DatasetName.Open("cifar:" + SharedFiles.Require("data", "ood32", "cifar100_test5k.bin")));
        var counts = Enumerable.Range(0, set.Count).CountBy(i => set.LabelOf(i)!.Value).ToDictionary();
        Assert.Equal((5000, 20), (set.Count, counts.Count));
        Assert.All(counts.Values, n => Assert.InRange(n, 200, 300));        // 250 of each, give or take a random half
    }

    [Fact]
    public void SuperclassLabels_OfOtherClasses_NameThem() =>
        Assert.Contains("class 0", Assert.Throws<DatasetException>(
            () => SuperclassLabels.Of(CifarBinary.Open([Write("a.bin", Record(0, 3))]))).Message, StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Label bytes, then planes of one value each: red, red + 1, red + 2.</summary>
    private static byte[] Record(byte red, params byte[] labels) =>
        [.. labels, .. Enumerable.Range(0, 3 * 1024).Select(i => (byte)(red + i / 1024))];

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
