using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MoodStream.RepositoryTests;

/// <summary>Packages are pinned, exactly and in one place.</summary>
public sealed partial class PackageTests
{
    [Fact]
    public void PackageVersions_All_AreExact()
    {
        var loose = Pinned().Where(p => !Exact().IsMatch(p.Attribute("Version")!.Value)).Select(p => p.ToString());

        Assert.Empty(loose);
    }

    [Fact]
    public void PackageVersions_Names_OccurOnce()
    {
        var twice = Pinned().GroupBy(Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key);

        Assert.Empty(twice);
    }

    [Fact]
    public void PackageReferences_OfEveryProject_ArePinnedCentrally()
    {
        var pinned = Pinned().Select(Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var wrong = References()
            .Where(r => !pinned.Contains(Name(r.Item)) || r.Item.Attribute("Version") is not null || r.Item.Attribute("VersionOverride") is not null)
            .Select(r => $"{r.File}: {r.Item}");

        Assert.Empty(wrong);
    }

    [Fact]
    public void Libtorch_PrivateToItsProjects_IsPublishedAllTheSame() =>
        Assert.All(
            XDocument.Load(Checkout.PathOf("build", "Libtorch.targets")).Descendants("PackageReference"),
            r => Assert.Equal("true", r.Attribute("Publish")?.Value));

    private static IEnumerable<XElement> Pinned() =>
        XDocument.Load(Checkout.PathOf("Directory.Packages.props")).Descendants("PackageVersion");

    private static IEnumerable<(string File, XElement Item)> References() =>
        Checkout.Files(".", "*.csproj", "*.targets", "*.props")
            .SelectMany(f => XDocument.Load(f).Descendants("PackageReference").Select(i => (Checkout.Relative(f), i)));

    private static string Name(XElement item) => item.Attribute("Include")!.Value;

    [GeneratedRegex(@"^\[\d+\.\d+\.\d+(\.\d+)?(-[0-9A-Za-z.]+)?\]$")]
    private static partial Regex Exact();
}
