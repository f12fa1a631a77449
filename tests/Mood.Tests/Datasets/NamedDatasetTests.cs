using MoodStream.Mood.Datasets;
using MoodStream.Mood.Datasets.Named;
using MoodStream.Mood.Imaging;

namespace MoodStream.MoodTests.Datasets;

/// <summary>Descriptions of data sets: what is wrong with them, and what they open.</summary>
public sealed class NamedDatasetTests : IDisposable
{
    private const string Head = """ "title": "T", "home": "https://example.org/", "licence": "L", "get": "G." """;
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;

    [Fact]
    public void Open_Description_IsRead()
    {
        Describe("birds", $$"""{ "name": "birds", {{Head}}, "splits": { "all": { "folder": "birds/images" } } }""");
        var birds = Catalogue().Get("birds");
        Assert.Equal(("T", "L", "G.", "all"), (birds.Title, birds.Licence, birds.Get, birds.TestSplit));
        Assert.Null(birds.TrainSplit);
        Assert.Contains("Known are birds", Assert.Throws<DatasetException>(() => Catalogue().Get("fish")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SeveralProblems_AreAllToldWithFileAndField()
    {
        Describe("a", """{ "name": "b", "title": 7, "licence": "L", "get": "G.", "colour": "red", "splits": { "train": { "folder": "/x" } } }""");
        Describe("c", "{ ");
        Describe("d", $$"""
            { "name": "d", {{Head}}, "class_names": ["x", "x"], "overlaps": { "nowhere": ["y"] },
              "splits": { "all": { "folder": "d", "cifar": ["d.bin"], "list_ending": ".jpg" } } }
            """);
        var message = Assert.Throws<DatasetException>(Catalogue).Message;
        foreach (var problem in (string[])
        [
            "a.json: name is 'b', yet the file is called a.", "a.json: title is no text.", "a.json: home is missing.",
            "a.json: colour is no field", "a.json: splits.train.folder is '/x', which does not stay below",
            "a.json: splits has train; it has train and test, or all.", "c.json: is no JSON:",
            "d.json: class_names has 'x' twice.", "d.json: splits.all has 2 of cifar, mat and folder; it has one of them.",
            "d.json: splits.all.list_ending stands without a list.", "d.json: overlaps.nowhere is no data set",
        ])
            Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "name": "a", "name": "a" }""", "is no JSON")]
    [InlineData("[]", "is no JSON object")]
    [InlineData("""{ "splits": [] }""", "splits is no object")]
    [InlineData("""{ "splits": { "all": 3 } }""", "splits.all is no object")]
    [InlineData("""{ "splits": { "all": { "cifar": [] } } }""", "splits.all.cifar is no list of texts")]
    [InlineData("""{ "splits": { "all": { "folder": "a/../../b" } } }""", "does not stay below")]
    [InlineData("""{ "class_names": ["a"], "splits": { "all": { "folder": "x" } } }""", "class_names is for CIFAR files")]
    [InlineData("""{ "home": "example" }""", "home is 'example', which is no address")]
    [InlineData("""{ "class_folders": { "n1": "" } }""", "class_folders.n1 is no text")]
    [InlineData("""{ "class_folders": { "n1": "cat", "n2": "cat" } }""", "class_folders has 'cat' twice")]
    public void Open_WrongDescription_IsRefusedByField(string json, string problem)
    {
        Describe("a", json);
        Assert.Contains(problem, Assert.Throws<DatasetException>(Catalogue).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OwnDescriptionOfAKnownName_IsRefused()
    {
        var json = $$"""{ "name": "a", {{Head}}, "splits": { "all": { "folder": "a" } } }""";
        Describe("a", json);
        File.WriteAllText(Path.Combine(_folder, "shelf", "a.dataset.json"), json);
        File.WriteAllText(Path.Combine(_folder, "shelf", "labels.json"), "[1]");                // somebody else's
        Assert.Contains("name a is that of", Assert.Throws<DatasetException>(Catalogue).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shelf_ClassFolders_TakesThoseListedUnderTheirNames()
    {
        Describe("two", $$"""
            { "name": "two", {{Head}}, "class_folders": { "n20": "acorn", "n10": "barn" },
              "splits": { "train": { "folder": "imagenet/train" }, "test": { "folder": "imagenet/val" } } }
            """);
        Image("imagenet/train/n10/1.JPEG");
        Image("imagenet/train/n20/1.JPEG");
        Image("imagenet/train/n20/2.JPEG");
        Image("imagenet/train/n30/1.JPEG");
        Image("imagenet/val/n10/1.JPEG");
        var (shelf, two) = (Shelf(), Catalogue().Get("two"));

        var train = shelf.Open(two, "train");
        Assert.Equal(["acorn", "barn"], train.ClassNames);
        Assert.Equal([0, 0, 1], Enumerable.Range(0, train.Count).Select(i => train.LabelOf(i)!.Value));
        Assert.Equal(["n30"], shelf.Ignored(two, "train"));
        Assert.Null(shelf.Lack(two, "train"));
        Assert.Equal([Path.Combine(shelf.Root, "imagenet", "val", "n20")], shelf.Missing(two, "test"));
        var lack = shelf.Lack(two, "test")!;
        Assert.All(["two (T) is not on this machine", "n20", "G.", "https://example.org/", "licence: L"],
            part => Assert.Contains(part, lack, StringComparison.Ordinal));
    }

    [Fact]
    public void Shelf_List_TakesTheImagesListedAlone()
    {
        Describe("food", $$"""
            { "name": "food", {{Head}}, "splits": { "all": { "folder": "images", "list": "test.txt", "list_ending": ".png" } } }
            """);
        Image("images/pie/1.png");
        Image("images/pie/2.png");
        Image("images/soup/3.png");
        File.WriteAllText(Path.Combine(_folder, "shelf", "test.txt"), "# comment\nsoup/3 1 1\npie/2\n");
        var set = Shelf().Open(Catalogue().Get("food"), "all");
        Assert.Equal(["pie", "soup"], set.ClassNames);
        Assert.Equal(["2.png", "3.png"], Enumerable.Range(0, set.Count).Select(i => Path.GetFileName(set.IdOf(i))));

        File.AppendAllText(Path.Combine(_folder, "shelf", "test.txt"), "pie/9\n");
        Assert.Contains("9.png is listed", Assert.Throws<DatasetException>(() => Shelf().Open(Catalogue().Get("food"), "all")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Shelf_CifarFiles_HaveTheNamesOfTheDescription()
    {
        Describe("c", $$"""
            { "name": "c", {{Head}}, "class_names": ["plane", "car"], "splits": { "all": { "cifar": ["c/1.bin", "c/2.bin"] } } }
            """);
        foreach (var label in (byte[])[1, 0])
        {
            var record = new byte[3073];
            record[0] = label;
            Write($"c/{2 - label}.bin", record);
        }
        var set = Shelf().Open(Catalogue().Get("c"), "all");
        Assert.Equal(["car", "plane"], Enumerable.Range(0, set.Count).Select(i => set.ClassNames[set.LabelOf(i)!.Value]));
    }

    public NamedDatasetTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "descriptions"));
        Directory.CreateDirectory(Path.Combine(_folder, "shelf"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private DatasetCatalogue Catalogue() =>
        DatasetCatalogue.Open(Path.Combine(_folder, "descriptions"), Path.Combine(_folder, "shelf"));

    private DatasetShelf Shelf() => new(Path.Combine(_folder, "shelf"));

    private void Describe(string name, string json) => File.WriteAllText(Path.Combine(_folder, "descriptions", name + ".json"), json);

    private void Image(string path) => Write(path, ImageEncoder.Png(new RgbImage(1, 1, [1, 2, 3])));

    private void Write(string path, byte[] bytes)
    {
        var file = Path.Combine(_folder, "shelf", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
    }
}
