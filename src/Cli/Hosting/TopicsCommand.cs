using System.CommandLine;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Cli.Terminal;
using MoodStream.Contracts;
using MoodStream.Streaming.Kafka;

namespace MoodStream.Cli.Hosting;

/// <summary>One topic and what is wrong with it.</summary>
internal sealed record TopicRow(string Topic, int Partitions, double? RetentionDays, string? Problem);

/// <summary><c>mood topics</c>: looks at the topics, and creates those that are missing.</summary>
internal static class TopicsCommand
{
    private static readonly Option<string> Servers = new("--bootstrap-servers") { Description = "Brokers to ask first, host:port separated by commas.", DefaultValueFactory = _ => "127.0.0.1:29092", HelpName = "HOSTS" };
    private static readonly Option<bool> CreateMissing = new("--create") { Description = "Create topics that are missing." };
    private static readonly Option<int> Replication = new("--replication") { Description = "Replicas of created topics; -1 leaves it to the broker.", DefaultValueFactory = _ => -1 };
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("topics", "List the topics of MoodStream, check them on a broker, and create what is missing.")
    {
        Servers, CreateMissing, Replication, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var settings = new KafkaSettings
        {
            BootstrapServers = parsed.GetRequiredValue(Servers), Profile = KafkaProfile.Production, ReplicationFactor = parsed.GetValue(Replication),
        };
        var admin = new TopicAdmin(settings, TimeProvider.System, NullLogger<TopicAdmin>.Instance);
        try
        {
            var findings = parsed.GetValue(CreateMissing) ? await admin.EnsureAsync(Topics.All, cancellation) : await admin.VerifyAsync(Topics.All, cancellation);
            TopicRow[] rows = [.. Topics.All.Select(t => new TopicRow(t.Name, t.Partitions, t.Retention?.TotalDays, findings.FirstOrDefault(f => f.Topic == t.Name)?.Problem))];
            foreach (var row in rows) Console.WriteLine($"{row.Topic,-28} {row.Partitions,3} partitions  {row.Problem ?? "as it should be"}");
            JsonReport.Write(parsed.GetValue(Json), rows, JsonReport.Types.TopicRowArray);
            return findings.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (KafkaException e)
        {
            throw new CliException($"{settings.BootstrapServers}: {e.Error.Reason}");
        }
    }
}
