using System.Text.Json;
using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;

namespace MoodStream.Cli.Ingest;

/// <summary>How far an ingestion has come, so that it goes on there after a stop, a crash or a power cut.</summary>
internal sealed record IngestState
{
    /// <summary>What is ingested: a folder or an address. A state belongs to one only.</summary>
    public required string Origin { get; init; }

    /// <summary>Tree: the last path that is done. Orthanc: the last change that is done.</summary>
    public string? Cursor { get; init; }

    /// <summary>Watched folder: what is done, by path; size and time of change as they were.</summary>
    public IReadOnlyDictionary<string, string> Done { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads a state; a new one where there is no file, or none is kept.</summary>
    /// <exception cref="CliException">The file is no state, or that of another origin.</exception>
    public static IngestState Read(FileInfo? file, string origin)
    {
        if (file is null || !File.Exists(file.FullName)) return new() { Origin = origin };
        try
        {
            var state = JsonSerializer.Deserialize(File.ReadAllBytes(file.FullName), IngestStateJson.Default.IngestState)
                ?? throw new JsonException("it is empty");
            return state.Origin == origin
                ? state
                : throw new CliException($"{file.FullName} is the state of {state.Origin}, not of {origin}; give each its own file.");
        }
        catch (JsonException e)
        {
            throw new CliException($"{file.FullName} is no state of mood ingest: {e.Message} Remove it to begin anew.");
        }
    }

    /// <summary>Writes the state as a whole or not at all; nothing where none is kept.</summary>
    /// <exception cref="CliException">It cannot be written.</exception>
    public void Write(FileInfo? file)
    {
        if (file is null) return;
        OutputFile.Write(file.FullName, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file.FullName)!);
            var partial = file.FullName + ".partial";
            File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes(this, IngestStateJson.Default.IngestState));
            File.Move(partial, file.FullName, overwrite: true);
        });
    }
}

/// <summary>Source-generated JSON of the state.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(IngestState))]
internal sealed partial class IngestStateJson : JsonSerializerContext;
