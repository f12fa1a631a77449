using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>Files and settings that pages mention exist.</summary>
public sealed partial class DocMentionTests
{
    private static readonly string[] Pages = [.. Checkout.Files(".", "*.md")];

    [Fact]
    public void Paths_InCodeSpans_LeadToFilesOfTheCheckout()
    {
        var mentioned = Mentions(FilePath());

        Assert.NotEmpty(mentioned);
        Assert.DoesNotContain(mentioned, m => !Path.Exists(Checkout.PathOf(m.What)));
    }

    [Fact]
    public void Settings_OfEveryPage_AreInTheTable()
    {
        var known = Mentions(Setting()).Where(m => m.Page == "docs/settings.md").Select(m => m.What).ToArray();

        Assert.NotEmpty(known);
        Assert.DoesNotContain(Mentions(Setting()), m => !Array.Exists(known, k => IsOf(m.What, k)));
    }

    private static (string Page, string What)[] Mentions(Regex what) =>
        [.. Pages.SelectMany(p => what.Matches(File.ReadAllText(p)).Select(m => (Checkout.Relative(p), m.Groups[1].Value)))];

    /// <summary>
    /// Whether what a page names is a key of the table, where <c>&lt;name&gt;</c> stands for any name, or a part above or below one.
    /// </summary>
    private static bool IsOf(string named, string key) =>
        key.StartsWith($"{named}:", StringComparison.Ordinal)
        || Regex.IsMatch(named, $"^{key.Replace("<name>", "[^:]+", StringComparison.Ordinal)}(:|$)");

    [GeneratedRegex("`((?:src|tests|docs|deploy|build|bench|backbones|datasets)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex FilePath();

    [GeneratedRegex(@"(MoodStream:[A-Za-z]+:[A-Za-z0-9:<>.]*[A-Za-z0-9>])")]
    private static partial Regex Setting();
}
