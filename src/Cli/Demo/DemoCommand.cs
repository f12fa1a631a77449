using System.CommandLine;
using MoodStream.Cli.Embedded;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;

namespace MoodStream.Cli.Demo;

/// <summary><c>mood demo</c>: the whole gate on this machine, with images streaming through it.</summary>
internal static class DemoCommand
{
    /// <summary>Twice what the shipped backbone was trained on: scratches and holes of a part are lost in 32 pixels.</summary>
    private const int DefaultInputSize = 64;

    private static readonly Option<TimeSpan?> For = new("--for")
    {
        Description = "How long images are streamed, for instance 60s, 5m, 1h; default: until Ctrl-C.", HelpName = "TIME",
        CustomParser = argument => Durations.Parse(argument),
    };

    private static readonly Option<string?> Id = new("--id") { Description = $"In-distribution images: {DatasetName.Forms}; default: a simulated line camera.", HelpName = "DATASET" };
    private static readonly Option<string?> Ood = new("--ood") { Description = "Out-of-distribution images; goes with --id.", HelpName = "DATASET" };
    private static readonly Option<double> OodShare = new("--ood-share") { Description = "Share of out-of-distribution images in the stream, in [0, 1].", DefaultValueFactory = _ => 0.15 };
    private static readonly Option<double> Rate = new("--rate") { Description = "Images put in per second.", DefaultValueFactory = _ => 30 };
    private static readonly Option<double> FalseAlarmRate = new("--false-alarm-rate") { Description = "Promised share of in-distribution images sent to review, in (0, 1).", DefaultValueFactory = _ => 0.05 };
    private static readonly Option<int> FitImages = new("--fit-images") { Description = "Frames of the simulated camera to fit and calibrate with.", DefaultValueFactory = _ => 1200 };
    private static readonly Option<int> Port = new("--port") { Description = "HTTP port of the gateway and its page, on loopback.", DefaultValueFactory = _ => 8080 };
    private static readonly Option<int> KafkaPort = new("--kafka-port") { Description = "Port of the embedded Kafka, on loopback.", DefaultValueFactory = _ => EmbeddedKafka.DefaultPort };
    private static readonly Option<int> Seed = new("--seed") { Description = "Seed of the traffic.", DefaultValueFactory = _ => 1 };
    private static readonly Option<DirectoryInfo?> Data = new("--data") { Description = "Folder for images and the append-only file; default: a temporary one, removed at the end.", HelpName = "DIR" };
    private static readonly Option<FileInfo?> BackboneOption = BackboneFile.Option();
    private static readonly Option<int?> InputSize = BackboneFile.InputSize($"{DefaultInputSize} with the shipped backbone, else as trained");
    private static readonly Option<string[]> Set = new("--set") { Description = "One setting of the services, as docs/settings.md lists them; may be given several times.", HelpName = "KEY=VALUE" };
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("demo", "Run the whole gate on this machine and stream images through it; open the page it names.")
    {
        For, Id, Ood, OodShare, Rate, FalseAlarmRate, FitImages, Port, KafkaPort, Seed, Data, BackboneOption, InputSize, Set, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var settings = Settings(parsed);
        using var traffic = Traffic(parsed);
        var result = await new DemoRun(settings, traffic, TimeProvider.System).RunAsync(cancellation);
        DemoReport.Print(result);
        JsonReport.Write(parsed.GetValue(Json), result, DemoJson.Types.DemoResult);
        return result.Lost == 0 ? ExitCode.Ok : throw new CliException($"{result.Lost} images were lost.");
    }

    private static DemoSettings Settings(ParseResult parsed)
    {
        var (rate, falseAlarms, share) = (parsed.GetValue(Rate), parsed.GetValue(FalseAlarmRate), parsed.GetValue(OodShare));
        Require(rate is > 0 and <= 10_000, $"--rate is {rate}; it lies in (0, 10000].");
        Require(falseAlarms is > 0 and < 1, $"--false-alarm-rate is {falseAlarms}; it lies above 0 and below 1.");
        Require(share is >= 0 and <= 1, $"--ood-share is {share}; it lies in 0..1.");
        return new()
        {
            For = parsed.GetValue(For), Port = parsed.GetValue(Port), KafkaPort = parsed.GetValue(KafkaPort), FalseAlarmRate = falseAlarms,
            Rate = rate, Backbone = BackboneFile.PathOf(parsed.GetValue(BackboneOption)),
            InputSize = parsed.GetValue(InputSize) ?? (parsed.GetValue(BackboneOption) is null ? DefaultInputSize : null), DataFolder = parsed.GetValue(Data)?.FullName,
            Set = parsed.GetValue(Set) ?? [],
        };
    }

    private static ITraffic Traffic(ParseResult parsed)
    {
        var (id, ood) = (parsed.GetValue(Id), parsed.GetValue(Ood));
        Require(id is null == ood is null, "--id and --ood go together.");
        return id is null
            ? new LineCameraTraffic(parsed.GetValue(Seed), parsed.GetValue(OodShare), parsed.GetValue(FitImages))
            : new DatasetTraffic(id, ood!, parsed.GetValue(Seed), parsed.GetValue(OodShare));
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new CliException(otherwise, ExitCode.WrongUsage);
    }
}
