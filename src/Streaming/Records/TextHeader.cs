using System.Text;

namespace MoodStream.Streaming.Records;

/// <summary>Headers whose value is text.</summary>
public static class TextHeader
{
    /// <summary>A header with its value as UTF-8.</summary>
    public static KeyValuePair<string, byte[]?> Of(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));

    /// <summary>A header with a time as its value: UTC, ISO 8601 with seven decimals.</summary>
    public static KeyValuePair<string, byte[]?> Of(string name, DateTimeOffset time)
    {
        var text = new byte["2026-03-14T15:09:26.5358979Z".Length];
        time.UtcDateTime.TryFormat(text, out _, "O");
        return new(name, text);
    }
}
