using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MoodStream.Cli.Terminal;
using MoodStream.Contracts;
using MoodStream.Streaming.Audit;
using MoodStream.Streaming.Kafka;

namespace MoodStream.Cli.Audit;

/// <summary>What <c>mood audit verify</c> found of one gate.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Links">Links of its chain that hold, from the first.</param>
/// <param name="Break">First break; absent where the chain holds.</param>
internal sealed record AuditFinding(string Gate, int Links, string? Break);

/// <summary><c>mood audit</c>: walks the audit chain of every gate, or writes it to a file.</summary>
internal static class AuditCommand
{
    private static readonly Option<string> Servers = new("--bootstrap-servers")
    {
        Description = "Brokers to ask first, host:port separated by commas.",
        DefaultValueFactory = _ => new KafkaSettings().BootstrapServers,
        HelpName = "HOSTS",
    };

    private static readonly Option<string?> Gate = new("--gate")
    {
        Description = "Only this gate; all unless told.", HelpName = "GATE",
    };

    private static readonly Option<FileInfo?> Json = Verb.Json();

    private static readonly Option<FileInfo> Out = new("--out")
    {
        Description = "File to write: JSON Lines, or CSV where it ends with .csv.", HelpName = "FILE", Required = true,
    };

    /// <summary>The verb with its two parts.</summary>
    public static Command Create() => new("audit", "Walk the hash chain of the audit trail, or write the trail to a file.")
    {
        new Command("verify", "Walk the chain of every gate and name the first break.") { Servers, Gate, Json }.Runs(
            (parsed, cancellation) => Task.FromResult(Verify(parsed, cancellation))),
        new Command("export", "Write the audit trail to a file.") { Servers, Gate, Out }.Runs(
            (parsed, cancellation) => Task.FromResult(Export(parsed, cancellation))),
    };

    private static int Verify(ParseResult parsed, CancellationToken cancellation)
    {
        var walk = new AuditWalk();
        foreach (var link in Links(parsed, cancellation)) walk.Add(link);
        AuditFinding[] findings = [.. walk.Links.Keys.Order(StringComparer.Ordinal)
            .Select(gate => new AuditFinding(gate, walk.Links[gate], walk.Breaks.GetValueOrDefault(gate)))];
        foreach (var found in findings)
            Console.WriteLine(
                found.Break is null ? $"{found.Gate}: {found.Links} links, the chain holds" : $"broken: {found.Break}");
        if (findings.Length == 0) Console.WriteLine("the audit trail is empty");
        JsonReport.Write(parsed.GetValue(Json), findings, AuditJson.Types.AuditFindingArray);
        return walk.Breaks.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static int Export(ParseResult parsed, CancellationToken cancellation)
    {
        var file = parsed.GetRequiredValue(Out);
        var csv = file.Extension.Equals(".csv", StringComparison.OrdinalIgnoreCase);
        try
        {
            file.Directory?.Create();
            using var writer = file.CreateText();
            if (csv) writer.WriteLine("gate,sequence,at,actor,event,subject,detail,previous,hash");
            var (walk, written) = (new AuditWalk(), 0);
            // What is repeated is written once; what breaks the chain is written all the same, since it is evidence.
            foreach (var link in Links(parsed, cancellation))
            {
                if (!walk.Add(link) && !walk.Breaks.ContainsKey(link.Gate)) continue;
                writer.WriteLine(csv ? Row(link) : JsonSerializer.Serialize(link, WireJson.Default.AuditRecorded));
                written++;
            }
            Console.WriteLine($"{file.FullName}: {written} links");
            foreach (var broken in walk.Breaks.Values) Console.WriteLine($"broken: {broken}");
            return walk.Breaks.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CliException($"{file.FullName} cannot be written: {e.Message}");
        }
    }

    private static IEnumerable<AuditRecorded> Links(ParseResult parsed, CancellationToken cancellation)
    {
        var gate = parsed.GetValue(Gate);
        var settings = new KafkaSettings { BootstrapServers = parsed.GetRequiredValue(Servers) };
        foreach (var record in new TopicScan(settings).Read(Topics.Audit, cancellation))
        {
            AuditRecorded link;
            try
            {
                link = JsonSerializer.Deserialize(record.Value ?? [], WireJson.Default.AuditRecorded)
                    ?? throw new JsonException("it is null");
            }
            catch (JsonException e)
            {
                throw new CliException($"Record {record.Position} is no link of an audit chain: {e.Message}");
            }
            if (gate is null || link.Gate == gate) yield return link;
        }
    }

    private static string Row(AuditRecorded link) => string.Join(',', new[]
    {
        link.Gate, link.Sequence.ToString(CultureInfo.InvariantCulture), link.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        link.Actor, link.Event, link.Subject, link.Detail ?? string.Empty, link.Previous, link.Hash,
    }.Select(Quoted));

    // A cell that begins like a formula would be run by spreadsheets.
    private static string Quoted(string text)
    {
        var safe = text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
