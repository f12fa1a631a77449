using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;
using MoodStream.Streaming.Delivery;

namespace MoodStream.Bench.Chaos;

/// <summary><c>mood bench chaos</c>: scorers and broker are killed while images stream, and every id is accounted for.</summary>
internal static class ChaosBench
{
    private const string ExactlyOnce = "exactly-once", AtLeastOnce = "at-least-once";

    private static readonly Option<DirectoryInfo?> Kafka = new("--kafka") { Description = "Folder with a real Kafka and its program kafka (start, kill, stop); default: the embedded one.", HelpName = "DIR" };
    private static readonly Option<int> Images = Whole("--images", "Images put in.", 10_000, 1);
    private static readonly Option<int> Scorers = Whole("--scorers", "Scorer processes.", 2, 1);
    private static readonly Option<int> Kills = Whole("--kills", "SIGKILLs of scorers.", 12, 0);
    private static readonly Option<int> BrokerKills = Whole("--broker-kills", "SIGKILLs of the broker.", 2, 0);
    private static readonly Option<string> Delivery = Promise();
    private static readonly Option<int> Port = Whole("--port", "First of the loopback ports: the broker's; the scorers' begin 50 above.", 31_092, 1_024);
    private static readonly Option<int> Seed = Whole("--seed", "Seed of images, kills and their times.", 1, 0);
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("chaos", "Kill scorers and the broker while images stream, and account for every image.")
    {
        Kafka, Images, Scorers, Kills, BrokerKills, Delivery, Port, Seed, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var exactlyOnce = parsed.GetValue(Delivery) == ExactlyOnce;
        if (exactlyOnce && parsed.GetValue(Kafka) is null)
            throw new CliException("--delivery exactly-once needs --kafka: the embedded Kafka has no transactions.", ExitCode.WrongUsage);
        using var run = new ChaosRun(new ChaosSettings
        {
            Kafka = parsed.GetValue(Kafka), Images = parsed.GetValue(Images), Scorers = parsed.GetValue(Scorers), Kills = parsed.GetValue(Kills),
            BrokerKills = parsed.GetValue(BrokerKills), Port = parsed.GetValue(Port), Seed = parsed.GetValue(Seed),
            Delivery = exactlyOnce ? DeliveryGuarantee.ExactlyOnce : DeliveryGuarantee.AtLeastOnce, Backbone = BackboneFile.PathOf(null),
        }, TimeProvider.System);
        var result = await run.RunAsync(cancellation);
        Console.WriteLine(
            $"{result.ImagesIn:N0} in: {result.Accepted:N0} accepted, {result.Review:N0} review, {result.DeadLetter:N0} dead letters; "
            + $"{result.Lost:N0} lost, {result.Duplicates:N0} twice; {result.ScorerKills} scorer and {result.BrokerKills} broker kills in {result.Seconds:F0} s, seed {result.Seed}.");
        JsonReport.Write(parsed.GetValue(Json), result, BenchJson.Default.ChaosResult);
        return result.Lost == 0 && (!exactlyOnce || result.Duplicates == 0) ? ExitCode.Ok : ExitCode.Failed;
    }

    private static Option<string> Promise()
    {
        var option = new Option<string>("--delivery") { Description = "What the scorers promise.", DefaultValueFactory = _ => AtLeastOnce };
        option.AcceptOnlyFromAmong(AtLeastOnce, ExactlyOnce);
        return option;
    }

    private static Option<int> Whole(string name, string description, int value, int least)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < least) result.AddError($"{name} must be at least {least}.");
        });
        return option;
    }
}
