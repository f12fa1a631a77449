using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Flood;

/// <summary><c>mood bench flood</c>: many times what a gate can take is offered to it.</summary>
internal static class FloodBench
{
    private static readonly Option<DirectoryInfo?> Kafka = BenchOptions.Kafka();
    private static readonly Option<int> Seconds = BenchOptions.Whole("--seconds", "How long the flood lasts.", 120, 1);
    private static readonly Option<int> Times = BenchOptions.Whole("--times", "How many times its capacity is offered.", 10, 2);
    private static readonly Option<int> Port = BenchOptions.Port(31_692);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("flood", "Offer a gate many times what it can take, and account for what it took.")
    {
        Kafka, Seconds, Times, Port, Seed, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = new FloodPlan(
            parsed.GetValue(Kafka), TimeSpan.FromSeconds(parsed.GetValue(Seconds)), parsed.GetValue(Times), parsed.GetValue(Port),
            parsed.GetValue(Seed), BackboneFile.PathOf(null));
        var result = await new FloodRun(plan, TimeProvider.System).RunAsync(cancellation);
        Console.WriteLine(
            $"{result.Offered:F0} images a second offered for {result.Seconds:F0} s, {result.Offered / result.Capacity:F1} times the capacity of {result.Capacity:F0}: "
            + $"{result.Taken:N0} taken (from the measuring on), {result.TooMany:N0} refused by 429, {result.Otherwise.Values.Sum():N0} otherwise; "
            + $"{result.Lost:N0} lost, {result.Duplicates:N0} twice, {result.Crashes} crashes; taken again after {result.SecondsToTakeAgain:F1} s, "
            + $"all ended after {result.SecondsToDrain:F1} s; {string.Join(", ", result.Memory.Select(m => $"{m.Service} {m.PeakMiB:F0} of {m.LimitMiB:F0} MiB"))}.");
        JsonReport.Write(parsed.GetValue(Json), result, BenchJson.Default.FloodResult);
        return result.Met ? ExitCode.Ok : ExitCode.Failed;
    }
}
