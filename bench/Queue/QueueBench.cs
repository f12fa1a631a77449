using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Queue;

/// <summary><c>mood bench queue</c>: how fast a full queue answers while the gate runs beside it.</summary>
internal static class QueueBench
{
    private static readonly Option<DirectoryInfo?> Kafka = BenchOptions.Kafka();
    private static readonly Option<int> Cases = BenchOptions.Whole("--cases", "Open cases, at least, all the time.", 10_000, 1);
    private static readonly Option<int> Rate = BenchOptions.Whole("--rate", "Requests a second of reviewers: lists and claims in turns.", 50, 1);
    private static readonly Option<int> Images = BenchOptions.Whole("--images", "Images a second that the gate scores meanwhile.", 20, 1);
    private static readonly Option<int> Seconds = BenchOptions.Whole("--seconds", "How long it is measured.", 60, 1);
    private static readonly Option<int> Port = BenchOptions.Port(32_692);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("queue", "List and claim from a full review queue beside a running gate, and beside bare round trips to Redis.")
    {
        Kafka, Cases, Rate, Images, Seconds, Port, Seed, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = new QueuePlan(
            parsed.GetValue(Kafka), parsed.GetValue(Cases), parsed.GetValue(Rate), parsed.GetValue(Images),
            TimeSpan.FromSeconds(parsed.GetValue(Seconds)), parsed.GetValue(Port), parsed.GetValue(Seed), BackboneFile.PathOf(null));
        using var run = new QueueRun(plan, TimeProvider.System);
        var result = await run.RunAsync(cancellation);
        Console.WriteLine(
            $"{result.OpenAtBegin:N0} cases open at the begin, {result.OpenAtEnd:N0} at the end; {result.Requests:N0} requests in {result.Seconds:F0} s, {result.Failed} failed; "
            + $"{result.Verdicts:N0} images scored meanwhile");
        Console.WriteLine($"list  p50 {result.ListMsP50:F1} ms, p99 {result.ListMsP99:F1} ms ({QueueResult.MustMs:F0} asked), {result.ListOverRedis:F1} round trips to Redis");
        Console.WriteLine($"claim p50 {result.ClaimMsP50:F1} ms, p99 {result.ClaimMsP99:F1} ms ({QueueResult.MustMs:F0} asked), {result.ClaimOverRedis:F1} round trips to Redis");
        Console.WriteLine(
            $"bare round trip to Redis p50 {result.RedisRoundTripMsP50:F2} ms, p99 {result.RedisRoundTripMsP99:F1} ms; "
            + $"memory of the gateway {result.GatewayMiBAtBegin:F0} MiB, then {result.GatewayMiBAtEnd:F0} MiB");
        JsonReport.Write(parsed.GetValue(Json), result, BenchJson.Default.QueueResult);
        return result.Met ? ExitCode.Ok : ExitCode.Failed;
    }
}
