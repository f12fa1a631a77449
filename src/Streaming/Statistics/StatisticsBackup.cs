using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using MoodStream.Contracts;

namespace MoodStream.Streaming.Statistics;

/// <summary>One version in a backup.</summary>
public sealed record BackupVersion
{
    /// <summary>The version.</summary>
    public required long Version { get; init; }

    /// <summary>Name of the file with the statistics, beside the list.</summary>
    public required string File { get; init; }

    /// <summary>SHA-256 of the file, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The version's header; absent for a version of a time before headers.</summary>
    public StatisticsVersion? Header { get; init; }
}

/// <summary>A gate in a backup: the list beside the files with its versions.</summary>
public sealed record GateBackup
{
    /// <summary>Name of the list's file in the gate's folder.</summary>
    public const string FileName = "gate.json";

    /// <summary>The gate.</summary>
    public required string Gate { get; init; }

    /// <summary>When the backup was made, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The version that was active; absent where none was.</summary>
    public long? Active { get; init; }

    /// <summary>The versions, newest first.</summary>
    public required IReadOnlyList<BackupVersion> Versions { get; init; }

    /// <summary>The activations, newest first.</summary>
    public required IReadOnlyList<StatisticsActivated> History { get; init; }
}

/// <summary>What came of putting a gate back.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Restored">Versions that were put back.</param>
/// <param name="There">Versions that were there already, byte for byte.</param>
/// <param name="Refused">Versions that were not put back, each with the reason in a sentence.</param>
/// <param name="Activated">The activation; null where the gate had an active version, or the one of the backup was not put back.</param>
public sealed record GateRestored(
    string Gate, IReadOnlyList<long> Restored, IReadOnlyList<long> There, IReadOnlyList<string> Refused, StatisticsActivated? Activated);

/// <summary>Keeps the registry in files, and puts it back: a folder for each gate, with a file for each version and a list.</summary>
/// <param name="store">The registry.</param>
/// <param name="clock">Tells when.</param>
public sealed class StatisticsBackup(IStatisticsStore store, TimeProvider clock)
{
    /// <summary>Writes a gate into a folder. The list is written last, so that a backup with a list is whole.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="folder">The gate's folder; made where it is missing. What is in it already and named alike is replaced.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public async Task<GateBackup> ExportAsync(string gate, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var versions = new List<BackupVersion>();
        foreach (var kept in await store.ListVersionsAsync(gate, cancellation))
        {
            // Between the list and the look a publication may have removed it.
            if (await store.ReadBlobAsync(gate, kept.Version, cancellation) is not { } blob) continue;
            var file = $"{kept.Version}.safetensors";
            await WriteAsync(Path.Combine(folder, file), blob, cancellation);
            versions.Add(new() { Version = kept.Version, File = file, Sha256 = HashOf(blob), Header = kept.Header });
        }

        var backup = new GateBackup
        {
            Gate = gate, At = clock.GetUtcNow(), Active = (await store.ReadActiveAsync(gate, cancellation))?.Version, Versions = versions,
            History = await store.ReadHistoryAsync(gate, int.MaxValue, cancellation),
        };
        await WriteAsync(
            Path.Combine(folder, GateBackup.FileName), JsonSerializer.SerializeToUtf8Bytes(backup, BackupJson.Default.GateBackup), cancellation);
        return backup;
    }

    /// <summary>Reads the list of a gate's folder.</summary>
    /// <exception cref="InvalidDataException">It is no list of a backup.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static GateBackup ReadList(string folder)
    {
        var path = Path.Combine(folder, GateBackup.FileName);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), BackupJson.Default.GateBackup)
                ?? throw new InvalidDataException($"{path} is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is no list of a backup: {e.Message}", e);
        }
    }

    /// <summary>
    /// Puts a gate back: every version whose file is sound, the activations where the gate has none, and the active version where it
    /// has none. What is there stays as it is.
    /// </summary>
    /// <param name="folder">The gate's folder.</param>
    /// <param name="by">Who.</param>
    /// <param name="problemOf">What else is wrong with a version's file, in a sentence; null where nothing is.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidDataException">The folder's list is damaged.</exception>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public async Task<GateRestored> ImportAsync(
        string folder, string by, Func<BackupVersion, byte[], string?> problemOf, CancellationToken cancellation)
    {
        var backup = ReadList(folder);
        List<long> restored = [], there = [];
        List<string> refused = [];
        foreach (var version in backup.Versions.OrderBy(v => v.Version))
        {
            var path = Path.Combine(folder, Path.GetFileName(version.File));
            var blob = File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellation) : null;
            if (await RefusalOfAsync(backup.Gate, version, blob, problemOf, restored, there, cancellation) is { } problem)
                refused.Add($"{path}: {problem}");
        }

        await store.RestoreHistoryAsync(backup.Gate, backup.History, cancellation);
        return new GateRestored(backup.Gate, restored, there, refused, await ActivateAsync(backup, by, [.. restored, .. there], cancellation));
    }

    private async Task<string?> RefusalOfAsync(
        string gate, BackupVersion version, byte[]? blob, Func<BackupVersion, byte[], string?> problemOf,
        List<long> restored, List<long> there, CancellationToken cancellation)
    {
        if (blob is null) return $"the file of version {version.Version} is missing.";
        if (HashOf(blob) != version.Sha256) return $"version {version.Version} is damaged: its SHA-256 is not that of the list.";
        if (version.Header is { } header && (header.Gate, header.Version, header.BlobSha256) != (gate, version.Version, version.Sha256))
            return $"the header of version {version.Version} is that of another version.";
        if (problemOf(version, blob) is { } problem) return problem;
        try
        {
            var put = await store.RestoreAsync(gate, new KeptVersion(version.Version, version.Header), blob, cancellation);
            (put ? restored : there).Add(version.Version);
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }

    private async Task<StatisticsActivated?> ActivateAsync(
        GateBackup backup, string by, IReadOnlyList<long> present, CancellationToken cancellation) =>
        backup.Active is { } active && present.Contains(active) && await store.ReadActiveAsync(backup.Gate, cancellation) is null
            ? await store.TryActivateAsync(
                backup.Gate, new Activation(active, by, $"Restored from a backup of {backup.At:u}.") { IfEpoch = 0 }, cancellation)
            : null;

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static async Task WriteAsync(string path, byte[] bytes, CancellationToken cancellation)
    {
        var temporary = path + ".partial";
        await File.WriteAllBytesAsync(temporary, bytes, cancellation);
        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>Source-generated JSON of backups.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(GateBackup))]
internal sealed partial class BackupJson : JsonSerializerContext;
