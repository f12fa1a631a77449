using System.Text;

namespace MoodStream.Streaming.Records;

/// <summary>Headers whose value is text.</summary>
public static class TextHeader
{
    /// <summary>A header with its value as UTF-8.</summary>
    public static KeyValuePair<string, byte[]?> Of(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));
}
