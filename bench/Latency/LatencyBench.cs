using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Bench.Pipeline;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Vision.Precision;

namespace MoodStream.Bench.Latency;

/// <summary><c>mood bench latency</c>: from the moment an image is due to its verdict, at 70 % of the gate's throughput.</summary>
internal static class LatencyBench
{
    private const int RoundsOfThroughput = 2;

    private static readonly Option<string> Model = GateOptions.Model(GateModel.VitB16);
    private static readonly Option<ForwardPrecision?> Precision = GateOptions.Precision();
    private static readonly Option<int?> Batch = GateOptions.Batch();
    private static readonly Option<int> Seconds = BenchOptions.Whole("--seconds", "How long images arrive in a round, at equal distances and then at random.", 20, 1);
    private static readonly Option<int> Rounds = BenchOptions.Whole("--rounds", "Rounds of either; the figures are medians of them.", 5, 1);
    private static readonly Option<int> SecondsOfThroughput = BenchOptions.Whole("--throughput-seconds", "About how long each of the two rounds takes that the throughput is taken from.", 8, 1);
    private static readonly Option<DirectoryInfo?> Kafka = BenchOptions.Kafka();
    private static readonly Option<int> Port = BenchOptions.Port(32_092);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("latency", "p50 and p99 from an image's arrival to its verdict, in an open loop at 70 % of the throughput.")
    {
        Model, Precision, Batch, Rounds, Seconds, SecondsOfThroughput, Kafka, Port, Seed, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var model = GateModel.Of(parsed.GetRequiredValue(Model), parsed.GetValue(Precision), parsed.GetValue(Batch), GateModel.Cpu, parsed.GetValue(Seed));
        var plan = new GatePlan(model, parsed.GetValue(Kafka), parsed.GetValue(Port), parsed.GetValue(Seed));
        await using var gate = await GateUnderLoad.StartAsync(plan, TimeProvider.System, cancellation);
        await using var bare = await BareForward.LoadAsync(model, gate.Load.Frames, cancellation);
        var pipeline = await PipelineFigures.MeasureAsync(gate, model, bare, RoundsOfThroughput, parsed.GetValue(SecondsOfThroughput), cancellation);
        var latency = await LatencyFigures.MeasureAsync(
            gate, model, bare, pipeline, parsed.GetValue(Rounds), parsed.GetValue(Seconds), parsed.GetValue(Seed), cancellation);
        return new BenchReport(BenchMachine.Here(), latency.Rows(), latency.Figures()).Publish(parsed.GetValue(Json));
    }
}
