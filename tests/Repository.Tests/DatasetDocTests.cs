using MoodStream.Mood.Datasets.Named;

namespace MoodStream.RepositoryTests;

/// <summary>The descriptions of data sets that come with the product are whole, and the page lists them.</summary>
public sealed class DatasetDocTests
{
    private static readonly IReadOnlyList<DatasetDescription> Shipped =
        DatasetCatalogue.Open(Checkout.PathOf("datasets"), root: null).All;

    [Fact]
    public void EvaluationPage_Table_EqualsTheDescriptions() =>
        DocTable.MustBe("docs/evaluation.md", "By name", [.. Shipped.Select(d => new[]
        {
            $"`{d.Name}`", $"[{d.Title}]({d.Home})", d.Licence, string.Join(", ", PlacesOf(d).Distinct().Select(p => $"`{p}`")),
        })]);

    [Fact]
    public void ImageNet30_Has30SynsetsOfDifferentNames()
    {
        var folders = Shipped.Single(d => d.Name == "imagenet30").ClassFolders;
        Assert.Equal(30, folders.DistinctBy(f => f.Name).Count());
        Assert.All(folders, f => Assert.Matches("^n[0-9]{8}$", f.Folder));
    }

    private static IEnumerable<string> PlacesOf(DatasetDescription description) =>
        description.Splits.Values.SelectMany(s => s.Places);
}
