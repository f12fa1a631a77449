using System.CommandLine;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using MoodStream.Cli.Terminal;
using MoodStream.Contracts;
using MoodStream.Streaming.Kafka;

namespace MoodStream.Cli.Hosting;

/// <summary>One topic and what is wrong with it.</summary>
internal sealed record TopicRow(string Topic, int Partitions, double? RetentionDays, string? Problem);

/// <summary><c>mood topics create</c> and <c>mood topics check</c>: the topics of MoodStream on a real broker, from one table.</summary>
internal static class TopicsCommand
{
    private static readonly Option<string> Servers = new("--bootstrap-servers") { Description = "Brokers to ask first, host:port separated by commas.", DefaultValueFactory = _ => "127.0.0.1:29092", HelpName = "HOSTS" };
    private static readonly Option<int> Replication = new("--replication") { Description = "Replicas of a topic; -1 leaves it to the broker.", DefaultValueFactory = _ => -1 };
    private static readonly Option<int> MinInSync = new("--min-isr") { Description = "Replicas that must have a record before it counts as written; -1 leaves it to the broker.", DefaultValueFactory = _ => -1 };
    private static readonly Option<int> MaxMessageBytes = new("--max-message-bytes") { Description = "Largest record that a topic takes, as MoodStream:Kafka:MaxMessageBytes.", DefaultValueFactory = _ => new KafkaSettings().MaxMessageBytes };
    private static readonly Option<string[]> Client = new("--client") { Description = "A key of librdkafka, for security above all; may be given several times.", HelpName = "KEY=VALUE" };
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new("topics", "Create the topics of MoodStream on a broker, or check those that are there.")
    {
        Subcommand("create", "Create topics that are missing, then check all.", create: true),
        Subcommand("check", "Check partitions, replicas, retention, clean-up and record size; exit code 1 where something is wrong.", create: false),
    };

    private static Command Subcommand(string name, string description, bool create) => new Command(name, description)
    {
        Servers, Replication, MinInSync, MaxMessageBytes, Client, Json,
    }.Runs((parsed, cancellation) => RunAsync(parsed, create, cancellation));

    private static async Task<int> RunAsync(ParseResult parsed, bool create, CancellationToken cancellation)
    {
        var settings = Settings(parsed);
        var admin = new TopicAdmin(settings, TimeProvider.System, NullLogger<TopicAdmin>.Instance);
        try
        {
            var findings = create ? await admin.EnsureAsync(Topics.All, cancellation) : await admin.VerifyAsync(Topics.All, cancellation);
            TopicRow[] rows = [.. Topics.All.Select(t => new TopicRow(t.Name, t.Partitions, t.Retention?.TotalDays, ProblemOf(t.Name, findings)))];
            foreach (var row in rows) Console.WriteLine($"{row.Topic,-28} {row.Partitions,3} partitions  {row.Problem ?? "as it should be"}");
            JsonReport.Write(parsed.GetValue(Json), rows, TopicsJson.Types.TopicRowArray);
            return findings.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (KafkaException e)
        {
            throw new CliException($"{settings.BootstrapServers}: {e.Error.Reason}");
        }
    }

    private static string? ProblemOf(string topic, IReadOnlyList<TopicFinding> findings) =>
        findings.Any(f => f.Topic == topic) ? string.Join("; ", findings.Where(f => f.Topic == topic).Select(f => f.Problem)) : null;

    private static KafkaSettings Settings(ParseResult parsed)
    {
        var settings = new KafkaSettings
        {
            BootstrapServers = parsed.GetRequiredValue(Servers), Profile = KafkaProfile.Production,
            ReplicationFactor = parsed.GetValue(Replication), MinInSyncReplicas = parsed.GetValue(MinInSync),
            MaxMessageBytes = parsed.GetValue(MaxMessageBytes),
            Client = (parsed.GetValue(Client) ?? []).Select(c => NamedValue.Parse("--client", c, "KEY=VALUE")).ToDictionary(c => c.Name, c => c.Value),
        };
        if (settings.Check().FirstOrDefault() is { Key: not null } problem)
            throw new CliException($"{problem.Key} is '{problem.Value}'; allowed: {problem.Allowed}.", ExitCode.WrongUsage);
        return settings;
    }
}
