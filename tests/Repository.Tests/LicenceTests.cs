using System.Text.Json;
using System.Xml.Linq;

namespace MoodStream.RepositoryTests;

/// <summary>Every package that the product ships has a licence that lets it be used, sold and passed on.</summary>
public sealed class LicenceTests
{
    /// <summary>Licences that ask for no more than their text: SPDX identifiers.</summary>
    private static readonly string[] Allowed = ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause"];

    /// <summary>Packages whose description names a file or an address instead: what stands there, as read by a person.</summary>
    private static readonly Dictionary<string, string> Read = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CommandLineParser"] = "MIT",                                  // License.md in the package
        ["KeraLua"] = "MIT",                                            // LICENSE of the repository
        ["System.Security.Cryptography.ProtectedData"] = "MIT",         // LICENSE.TXT of dotnet/corefx
        ["diskann-garnet"] = "MIT",                                     // microsoft/DiskANN
        ["librdkafka.redist"] = "BSD-2-Clause",                         // LICENSES.txt; the parts it contains are BSD, MIT, zlib and public domain
    };

    [Fact]
    public void Packages_OfTheProduct_HaveALicenceThatIsAllowed()
    {
        var packages = Packages();
        var report = packages.Select(p => $"{p.Id} {p.Version} {p.Licence ?? "unknown"}").Order(StringComparer.Ordinal).ToList();
        File.WriteAllLines(Path.Combine(Directory.CreateDirectory(Checkout.PathOf("artifacts")).FullName, "licences.txt"), report);

        Assert.NotEmpty(packages);
        Assert.Empty(packages.Where(p => p.Licence is null || !p.Licence.Split(" OR ").Any(Allowed.Contains)).Select(p => $"{p.Id} {p.Version}: {p.Licence ?? "unknown"}"));
    }

    [Fact]
    public void Packages_ReadByAPerson_AreStillThere()
    {
        var there = Packages().Select(p => p.Id).ToHashSet(StringComparer.OrdinalIgnoreCase);

        Assert.DoesNotContain(Read.Keys, id => !there.Contains(id));
    }

    private static List<(string Id, string Version, string? Licence)> Packages() =>
        [.. Checkout.AssemblyNames.Keys
            .Select(project => Checkout.PathOf("artifacts", "obj", project, "project.assets.json"))
            .SelectMany(OfAssets).DistinctBy(p => (p.Id, p.Version))];

    private static IEnumerable<(string Id, string Version, string? Licence)> OfAssets(string file)
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(file));
        var folders = assets.RootElement.GetProperty("packageFolders").EnumerateObject().Select(f => f.Name).ToList();
        foreach (var library in assets.RootElement.GetProperty("libraries").EnumerateObject())
        {
            if (library.Value.GetProperty("type").GetString() != "package") continue;
            var name = library.Name.Split('/');
            var folder = folders.Select(f => Path.Combine(f, library.Value.GetProperty("path").GetString()!)).First(Directory.Exists);
            yield return (name[0], name[1], LicenceOf(name[0], folder));
        }
    }

    private static string? LicenceOf(string id, string folder)
    {
        var description = XDocument.Load(Directory.EnumerateFiles(folder, "*.nuspec").Single());
        var stated = description.Descendants().FirstOrDefault(e => e.Name.LocalName == "license" && (string?)e.Attribute("type") == "expression");
        return stated?.Value ?? Read.GetValueOrDefault(id);
    }
}
