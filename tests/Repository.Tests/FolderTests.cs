using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>Folders of a project depend on each other in one direction.</summary>
public sealed partial class FolderTests
{
    [Theory]
    [InlineData("Mood")]
    [InlineData("Cli")]
    [InlineData("Gateway")]
    public void Folders_OfAProject_HaveNoCycle(string project)
    {
        var uses = Checkout.Files($"src/{project}", "*.cs")
            .SelectMany(f => UsedBy(f).Select(used => (Of: FolderOf(f), Used: used)))
            .Where(u => u.Of != u.Used && u.Used.Split('/')[0] == project)
            .ToLookup(u => u.Of, u => u.Used);
        string[] inACycle = [.. uses.Select(u => u.Key).Where(folder => Reached(uses, folder).Any(r => r == folder))];

        Assert.NotEmpty(uses);
        Assert.Empty(inACycle);
    }

    private static IEnumerable<string> UsedBy(string file) =>
        Used().Matches(File.ReadAllText(file)).Select(m => m.Groups["folder"].Value.Replace('.', '/'));

    private static string FolderOf(string file) =>
        Path.GetDirectoryName(Checkout.Relative(file))!["src/".Length..].Replace('\\', '/');

    /// <summary>All folders that one uses, at once or through others.</summary>
    private static HashSet<string> Reached(ILookup<string, string> uses, string folder)
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>(uses[folder]);
        while (open.TryDequeue(out var next))
        {
            if (!reached.Add(next)) continue;
            foreach (var further in uses[next]) open.Enqueue(further);
        }
        return reached;
    }

    [GeneratedRegex(@"^using (?:static )?MoodStream\.(?<folder>[A-Za-z.]+);", RegexOptions.Multiline)]
    private static partial Regex Used();
}
