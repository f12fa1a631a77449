using System.Text.RegularExpressions;

namespace MoodStream.Gateway.Ingest;

/// <summary>What a source id or an image id may look like when it comes by HTTP.</summary>
/// <remarks>
/// Both end up in record keys, headers, log lines and file names of others, hence plain ASCII and nothing that reads as a path.
/// </remarks>
internal static partial class SourceId
{
    /// <summary>The rule for people, as it stands in problem details and in the API description.</summary>
    public const string Rule = "1 to 128 letters, digits, '.', '_' or '-', starting with a letter or digit, without '..'";

    /// <summary>The rule for machines, without the ban on two dots in a row.</summary>
    public const string Pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$";

    /// <summary>Whether the text is a source id.</summary>
    public static bool IsValid(string text) =>
        Shape().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal);

    // \z and not $: the latter lets a trailing line feed pass.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
