using System.Text.RegularExpressions;

namespace MoodStream.RepositoryTests;

/// <summary>The settings there are, from the table that another test compares with the options classes.</summary>
internal static partial class KnownSettings
{
    private static readonly List<Regex> Known = [.. DocumentedSetting().Matches(Checkout.Read("docs", "settings.md"))
        .Select(m => new Regex($"^{Regex.Escape(m.Groups[1].Value).Replace("<name>", "[^:]+", StringComparison.Ordinal)}(:.+)?$"))];

    /// <summary>Those of some environment variables that name no setting; variables of others are left out.</summary>
    public static IEnumerable<string> Unknown(IEnumerable<string> variables) => variables
        .Where(v => v.StartsWith("MoodStream__", StringComparison.Ordinal))
        .Where(v => !Known.Exists(k => k.IsMatch(v.Replace("__", ":", StringComparison.Ordinal))));

    [GeneratedRegex(@"^\| `(MoodStream:\S+)`", RegexOptions.Multiline)]
    private static partial Regex DocumentedSetting();
}
