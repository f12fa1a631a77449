using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>A Markdown page: its links and the anchors of its headings.</summary>
internal sealed partial class MarkdownPage
{
    private const string Indent = "    ";

    private readonly string _text;

    /// <summary>Reads a page.</summary>
    public MarkdownPage(string file)
    {
        File = file;
        var whole = System.IO.File.ReadAllText(file);
        _text = Fence().Replace(whole, "");
        var fenced = Fence().Matches(whole).SelectMany(m => Lines(m.Value)[1..^1]);
        Code = [.. fenced, .. Lines(_text).Where(l => l.StartsWith(Indent, StringComparison.Ordinal))];
    }

    /// <summary>Full path of the page.</summary>
    public string File { get; }

    /// <summary>Lines of code: in fences, then indented by four.</summary>
    public IReadOnlyList<string> Code { get; }

    /// <summary>Anchors that the headings give, as GitHub spells them.</summary>
    public IEnumerable<string> Anchors => Heading().Matches(_text).Select(m => Slug(m.Groups[1].Value));

    /// <summary>Targets of the page's links that are not addresses on the web.</summary>
    public IEnumerable<string> LocalLinks =>
        Link().Matches(CodeSpan().Replace(_text, "")).Select(m => m.Groups[1].Value).Where(t => !Scheme().IsMatch(t));

    private static string[] Lines(string text) => text.Split('\n');

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
