using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>A Markdown page: its links and the anchors of its headings.</summary>
internal sealed partial class MarkdownPage
{
    private readonly string _text;

    /// <summary>Reads a page.</summary>
    public MarkdownPage(string file)
    {
        File = file;
        _text = Fence().Replace(System.IO.File.ReadAllText(file), "");
    }

    /// <summary>Full path of the page.</summary>
    public string File { get; }

    /// <summary>Anchors that the headings give, as GitHub spells them.</summary>
    public IEnumerable<string> Anchors => Heading().Matches(_text).Select(m => Slug(m.Groups[1].Value));

    /// <summary>Targets of the page's links that are not addresses on the web.</summary>
    public IEnumerable<string> LocalLinks =>
        Link().Matches(CodeSpan().Replace(_text, "")).Select(m => m.Groups[1].Value).Where(t => !Scheme().IsMatch(t));

    private static string Slug(string heading) =>
        NotInAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex("^```.*?^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]*`(?!\\])")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Scheme();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
