using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MoodStream.Cli.Pretraining;

namespace MoodStream.Cli.Terminal;

/// <summary>Machine-readable results of a verb.</summary>
internal static class JsonReport
{
    /// <summary>Writes the result, if a file was asked for.</summary>
    /// <exception cref="CliException">The file cannot be written.</exception>
    public static void Write<T>(FileInfo? file, T result, JsonTypeInfo<T> type)
    {
        if (file is null) return;
        try
        {
            file.Directory?.Create();
            File.WriteAllBytes(file.FullName, JsonSerializer.SerializeToUtf8Bytes(result, type));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{file.FullName} cannot be written: {e.Message}");
        }
    }
}

/// <summary>Source-generated JSON of all results: snake case, indented, readable.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(PretrainResult))]
internal sealed partial class CliJson : JsonSerializerContext;
