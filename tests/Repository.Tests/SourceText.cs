using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>C# text made easy to search.</summary>
internal static partial class SourceText
{
    /// <summary>The code without comments and with the contents of strings removed; line breaks stay.</summary>
    public static string WithoutCommentsAndStrings(string code) =>
        CommentOrString().Replace(code, m => m.Value[0] == '/' ? Lines(m.Value) : "\"" + Lines(m.Value) + "\"");

    private static string Lines(string text) => new('\n', text.Count(c => c == '\n'));

    [GeneratedRegex("""
        //[^\n]* | /\*.*?\*/ | \"{3}.*?\"{3} | @\$?"(?:[^"]|"")*" | \$?"(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])+'
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CommentOrString();
}
