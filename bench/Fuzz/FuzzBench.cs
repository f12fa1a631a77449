using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Fuzz;

/// <summary><c>mood bench fuzz</c>: hostile images and records go through a running gate, beside healthy ones.</summary>
internal static class FuzzBench
{
    private static readonly Option<DirectoryInfo?> Kafka = BenchOptions.Kafka();
    private static readonly Option<int> Items = BenchOptions.Whole("--items", "Hostile images and records.", 2_000, 1);
    private static readonly Option<int> Rate = BenchOptions.Whole("--rate", "Of them a second.", 20, 1);
    private static readonly Option<int> Port = BenchOptions.Port(32_892);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("fuzz", "Put hostile images and records through a running gate, and account for every one.")
    {
        Kafka, Items, Rate, Port, Seed, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = new FuzzPlan(
            parsed.GetValue(Kafka), parsed.GetValue(Items), parsed.GetValue(Rate), parsed.GetValue(Port), parsed.GetValue(Seed), BackboneFile.PathOf(null));
        var result = await new FuzzRun(plan, TimeProvider.System).RunAsync(cancellation);
        Console.WriteLine(
            $"{result.Items:N0} hostile: refused by the gateway {Text(result.RefusedByGateway)}, {result.Unanswered} unanswered; of {result.Records:N0} records "
            + $"{result.Judged:N0} judged, dead letters {Text(result.DeadLetters)}; {result.Lost:N0} lost, {result.Missing:N0} missing, {result.Duplicates:N0} twice, "
            + $"{result.Crashes} crashes; healthy p99 {result.HealthyP99Before:F0} ms alone, {result.HealthyP99During:F0} ms beside them ({result.Slowdown:F2}×); "
            + $"{string.Join(", ", result.Memory.Select(m => $"{m.Service} {m.PeakMiB:F0} of {m.LimitMiB:F0} MiB"))}; seed {plan.Seed}.");
        JsonReport.Write(parsed.GetValue(Json), result, BenchJson.Default.FuzzResult);
        return result.Met ? ExitCode.Ok : ExitCode.Failed;
    }

    private static string Text(IReadOnlyDictionary<string, int> counts) => string.Join(", ", counts.Select(c => $"{c.Key}: {c.Value:N0}"));
}
