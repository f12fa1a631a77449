using System.CommandLine.Parsing;
using System.Globalization;

namespace MoodStream.Cli.Terminal;

/// <summary>Durations as people write them: <c>90s</c>, <c>5m</c>, <c>1.5h</c>.</summary>
internal static class Durations
{
    /// <summary>Parses an option's argument; what is wrong becomes the argument's error.</summary>
    public static TimeSpan? Parse(ArgumentResult argument)
    {
        var text = argument.Tokens.Single().Value;
        if (TryParse(text) is { } duration) return duration;
        argument.AddError($"'{text}' is no duration above zero; write for instance 60s, 5m or 1h.");
        return null;
    }

    /// <summary>The duration; null if the text is none, or not above zero.</summary>
    public static TimeSpan? TryParse(string text)
    {
        double? unit = text.Length == 0 ? null : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => null };
        return unit is { } seconds && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            && count > 0 && count * seconds <= TimeSpan.FromDays(365).TotalSeconds
            ? TimeSpan.FromSeconds(count * seconds)
            : null;
    }
}
