namespace MoodStream.RepositoryTests;

/// <summary>Every page leads somewhere, and the README says how to begin.</summary>
public sealed class ReadmeTests
{
    private static readonly Dictionary<string, MarkdownPage> Pages =
        Checkout.Files(".", "*.md").Select(Path.GetFullPath).ToDictionary(f => f, f => new MarkdownPage(f));

    [Fact]
    public void Links_OfEveryPage_Resolve()
    {
        var dead = Pages.Values.SelectMany(p => p.LocalLinks.Where(t => !Resolves(p, t)).Select(t => $"{Checkout.Relative(p.File)}: {t}"));

        Assert.Empty(dead);
    }

    [Fact]
    public void Documents_OfTheDocsFolder_CanAllBeReachedFromTheReadme()
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>([Checkout.PathOf("README.md")]);
        while (open.TryDequeue(out var file))
            if (reached.Add(file) && Pages.TryGetValue(file, out var page))
                foreach (var target in page.LocalLinks) open.Enqueue(Target(page, target));

        var lost = Checkout.Files("docs", "*.md").Where(f => !reached.Contains(f)).Select(Checkout.Relative);
        Assert.Empty(lost);
    }

    [Fact]
    public void Pages_OfTheDocsFolder_EndWithTheNextStep()
    {
        var lost = Directory.EnumerateFiles(Checkout.PathOf("docs"), "*.md").Where(f => Path.GetFileName(f) != "README.md")
            .Where(f => !File.ReadAllText(f).TrimEnd().Split("\n\n")[^1].StartsWith("Next: ", StringComparison.Ordinal) || Pages[f].LocalLinks.LastOrDefault() is null)
            .Select(Checkout.Relative);

        Assert.Empty(lost);
    }

    [Theory]
    [InlineData("./mood demo")]
    [InlineData("./test")]
    public void Readme_Command_IsShownOnALineOfItsOwn(string command) =>
        Assert.Contains(File.ReadLines(Checkout.PathOf("README.md")), l => l.Trim() == command);

    [Theory]
    [InlineData("mood")]
    [InlineData("test")]
    [InlineData(".ci/run")]
    [InlineData("deploy/kafka/create-topics.sh")]
    [InlineData("build/follow")]
    public void Script_File_IsExecutable(string script) =>
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Checkout.PathOf(script)).HasFlag(UnixFileMode.UserExecute));

    private static bool Resolves(MarkdownPage page, string link)
    {
        var target = Target(page, link);
        var anchor = link.Split('#', 2).ElementAtOrDefault(1);
        return Path.Exists(target)
            && (anchor is null || !Pages.TryGetValue(target, out var there) || there.Anchors.Contains(anchor));
    }

    private static string Target(MarkdownPage page, string link)
    {
        var path = link.Split('#', 2)[0];
        return path.Length == 0 ? page.File : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page.File)!, path));
    }
}
