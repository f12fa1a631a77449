using System.CommandLine;
using MoodStream.Bench.Chaos.Scenarios;
using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;
using MoodStream.Streaming.Delivery;
using Spectre.Console;

namespace MoodStream.Bench.Chaos;

/// <summary><c>mood bench chaos</c>: things go wrong while images stream, and every id is accounted for.</summary>
internal static class ChaosBench
{
    private const string ExactlyOnce = "exactly-once", AtLeastOnce = "at-least-once";
    private const string KillsName = "kills", Members = "members", Cluster = "cluster", Network = "network";

    private static readonly Option<string> Scenario = OneOf(
        "--scenario", "What goes wrong: kills of scorers and of the broker; members frozen, added and removed; a broker of three lost, leaders moved, a scorer cut off; the network faulty.",
        KillsName, Members, Cluster, Network);

    private static readonly Option<DirectoryInfo?> Kafka = BenchOptions.Kafka();
    private static readonly Option<int> Images = BenchOptions.Whole("--images", "Images put in.", 10_000, 1);
    private static readonly Option<int> Scorers = BenchOptions.Whole("--scorers", "Scorer processes; 0: 2, or 3 with --scenario members.", 0, 0);
    private static readonly Option<int> Kills = BenchOptions.Whole("--kills", "SIGKILLs of scorers, with --scenario kills.", 12, 0);
    private static readonly Option<int> BrokerKills = BenchOptions.Whole("--broker-kills", "SIGKILLs of the broker, with --scenario kills.", 2, 0);
    private static readonly Option<int> Faults = BenchOptions.Whole("--faults", "Faults, with --scenario network.", 10, 1);
    private static readonly Option<string> Delivery = OneOf("--delivery", "What the scorers promise.", AtLeastOnce, ExactlyOnce);
    private static readonly Option<int> Port = BenchOptions.Port(31_092);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<bool> Keep = BenchOptions.Keep();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("chaos", "Let things go wrong while images stream, and account for every image.")
    {
        Scenario, Kafka, Images, Scorers, Kills, BrokerKills, Faults, Delivery, Port, Seed, Keep, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var exactlyOnce = parsed.GetValue(Delivery) == ExactlyOnce;
        var scenario = ScenarioOf(parsed);
        if (parsed.GetValue(Kafka) is null && (exactlyOnce || scenario.NeedsKafka))
            throw new CliException(
                $"--scenario {scenario.Name} --delivery {parsed.GetValue(Delivery)} needs --kafka: the embedded Kafka has no transactions, and one broker.",
                ExitCode.WrongUsage);
        var result = await new ChaosRun(SettingsOf(parsed, scenario, exactlyOnce), TimeProvider.System).RunAsync(cancellation);
        Publish(result);
        JsonReport.Write(parsed.GetValue(Json), result, BenchJson.Default.ChaosResult);
        return result.Lost == 0 && result.LagLeft == 0 && (!exactlyOnce || result.Duplicates == 0) ? ExitCode.Ok : ExitCode.Failed;
    }

    private static ChaosScenario ScenarioOf(ParseResult parsed) => parsed.GetValue(Scenario) switch
    {
        Members => new MembersScenario(),
        Cluster => new ClusterScenario(),
        Network => new NetworkScenario(parsed.GetValue(Faults)),
        _ => new KillsScenario(parsed.GetValue(Kills), parsed.GetValue(BrokerKills)),
    };

    private static ChaosSettings SettingsOf(ParseResult parsed, ChaosScenario scenario, bool exactlyOnce) => new()
    {
        Scenario = scenario, Images = parsed.GetValue(Images),
        Rig = new RigSettings
        {
            Kafka = parsed.GetValue(Kafka), Shape = scenario.Shape, ThroughLinks = scenario.ThroughLinks, Port = parsed.GetValue(Port),
            Keep = parsed.GetValue(Keep), Scorers = parsed.GetValue(Scorers) is > 0 and var scorers ? scorers : scenario.Scorers, Seed = parsed.GetValue(Seed),
            Delivery = exactlyOnce ? DeliveryGuarantee.ExactlyOnce : DeliveryGuarantee.AtLeastOnce, Backbone = BackboneFile.PathOf(null),
        },
    };

    private static void Publish(ChaosResult result)
    {
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle($"{result.Scenario}, {result.Delivery}, seed {result.Seed}") };
        table.AddColumns("what went wrong", "images ended", "s without a verdict", "s to recover");
        foreach (var fault in result.Faults)
            table.AddRow(Markup.Escape(fault.What), $"{fault.AtImages:N0}", $"{fault.SecondsWithoutVerdict:F1}", fault.SecondsToRecover is { } s ? $"{s:F1}" : "–");
        Tables.Write(table);
        Console.WriteLine(
            $"{result.ImagesIn:N0} in: {result.Accepted:N0} accepted, {result.Review:N0} review, {result.DeadLetter:N0} dead letters; "
            + $"{result.Lost:N0} lost, {result.Duplicates:N0} twice ({result.DuplicatesDropped:N0} dropped by SeenImages); "
            + $"{result.ScorerKills} scorer and {result.BrokerKills} broker kills, {result.ScorerCrashes} crashes, "
            + $"{result.LagLeft} uncommitted in {result.StuckPartitions} partitions; {result.Seconds:F0} s, seed {result.Seed}.");
    }

    private static Option<string> OneOf(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0], HelpName = string.Join('|', values) };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
