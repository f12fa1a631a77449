using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Gates;
using MoodStream.Streaming.Statistics;

namespace MoodStream.Cli.Statistics;

/// <summary>What <c>mood stats export</c> wrote of one gate.</summary>
internal sealed record GateExported(string Gate, string Folder, IReadOnlyList<long> Versions, long? Active);

/// <summary><c>mood stats export</c> and <c>mood stats import</c>: the registry in files, and back.</summary>
internal static class StatsFiles
{
    private static readonly Argument<DirectoryInfo> Folder = new("DIR") { Description = "Folder with a folder for each gate." };

    internal static Command Export() => StatsOptions.Verb(
            "export", "Write every version, with the history and what is active, to files.", Folder, StatsOptions.GateOrAll)
        .Runs((parsed, cancellation) => RegistrySession.RunAsync(parsed, session => ExportAsync(session, parsed, cancellation)));

    internal static Command Import() => StatsOptions.Verb(
            "import", "Put back what export wrote. What is there stays; a gate without an active version gets its own back.",
            Folder, StatsOptions.GateOrAll, StatsOptions.Who)
        .Runs((parsed, cancellation) => RegistrySession.RunAsync(parsed, session => ImportAsync(session, parsed, cancellation)));

    private static async Task ExportAsync(RegistrySession session, ParseResult parsed, CancellationToken cancellation)
    {
        var only = parsed.GetValue(StatsOptions.GateOrAll);
        if (only is not null) await session.VersionsAsync(only, cancellation);
        var gates = only is null ? await session.Store.ListGatesAsync(cancellation) : [only];
        if (gates.Count == 0) throw new CliException("Redis holds no statistics of any gate; there is nothing to export.");
        var written = new List<GateExported>();
        foreach (var gate in gates)
        {
            var folder = Path.Combine(parsed.GetRequiredValue(Folder).FullName, gate);
            var backup = await session.Backup.ExportAsync(gate, folder, cancellation);
            written.Add(new(gate, folder, [.. backup.Versions.Select(v => v.Version)], backup.Active));
            Console.WriteLine($"gate {gate}: {backup.Versions.Count} versions -> {folder}");
        }

        JsonReport.Write(parsed.GetValue(StatsOptions.Json), [.. written], StatsJson.Types.GateExportedArray);
    }

    private static async Task ImportAsync(RegistrySession session, ParseResult parsed, CancellationToken cancellation)
    {
        var who = parsed.GetRequiredValue(StatsOptions.Who);
        var results = new List<GateRestored>();
        foreach (var folder in FoldersOf(parsed.GetRequiredValue(Folder), parsed.GetValue(StatsOptions.GateOrAll)))
        {
            var result = await session.Backup.ImportAsync(folder, who, ProblemOf, cancellation);
            results.Add(result);
            await TellAsync(session, result, who, folder, cancellation);
        }

        JsonReport.Write(parsed.GetValue(StatsOptions.Json), [.. results], StatsJson.Types.GateRestoredArray);
        if (results.SelectMany(r => r.Refused).ToArray() is { Length: > 0 } refused)
            throw new CliException($"{refused.Length} versions were not put back. {string.Join(" ", refused)}");
    }

    private static string[] FoldersOf(DirectoryInfo all, string? only)
    {
        if (!all.Exists) throw new CliException($"{all.FullName}: there is no such folder.");
        string[] folders = [.. all.EnumerateDirectories()
            .Where(d => only is null || d.Name == only).Select(d => d.FullName)
            .Where(d => File.Exists(Path.Combine(d, GateBackup.FileName))).Order(StringComparer.Ordinal)];
        return folders.Length > 0 ? folders : throw new CliException(
            $"{all.FullName} holds no folder {only ?? "of a gate"} with a {GateBackup.FileName}, as mood stats export writes it.");
    }

    /// <summary>What is wrong with a file whose hash is right: it is no statistics file, or not that of its header.</summary>
    private static string? ProblemOf(BackupVersion version, byte[] blob)
    {
        try
        {
            using var statistics = GateStatistics.Read(blob, version.File);
            return version.Header is { } header
                ? statistics.Provenance.DifferenceFrom(header.ModelHash, header.PreprocessingHash) is { } difference
                    ? $"the statistics of version {version.Version} {difference}, as their header says."
                    : null
                : null;
        }
        catch (GateStatisticsException e)
        {
            return $"version {version.Version} is no statistics file: {e.Problem}";
        }
    }

    private static async Task TellAsync(RegistrySession session, GateRestored result, string who, string folder, CancellationToken cancellation)
    {
        Console.WriteLine(
            $"gate {result.Gate}: {result.Restored.Count} versions put back, {result.There.Count} were there, {result.Refused.Count} refused"
            + (result.Activated is { } activated ? $"; version {activated.Version} is active" : ""));
        await session.NoteAsync(
            result.Gate, who, "statistics-restored", $"{result.Restored.Count} statistics versions", $"From {folder}.", cancellation);
    }
}
