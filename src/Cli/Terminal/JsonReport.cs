using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MoodStream.Cli.Terminal;

/// <summary>Machine-readable results of a verb.</summary>
internal static class JsonReport
{
    /// <summary>How all results are written: snake case, indented, readable. Names such as mahalanobis++ are not
    /// escaped, since no browser reads this.</summary>
    /// <returns>New options: a source-generated context keeps those it is given.</returns>
    public static JsonSerializerOptions Options() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the result, if a file was asked for.</summary>
    /// <exception cref="CliException">The file cannot be written.</exception>
    public static void Write<T>(FileInfo? file, T result, JsonTypeInfo<T> type)
    {
        if (file is null) return;
        OutputFile.Write(file.FullName, () =>
        {
            file.Directory?.Create();
            File.WriteAllBytes(file.FullName, JsonSerializer.SerializeToUtf8Bytes(result, type));
        });
    }
}
