using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.TrainerKills;

/// <summary><c>mood bench trainer-kills</c>: trainers are killed while records flow, and what they learned is compared with one pass.</summary>
internal static class TrainerKillsBench
{
    private static readonly Option<int> Records = BenchOptions.Whole("--records", "Records on accepted, repeats of an image included.", 50_000, 1_000);
    private static readonly Option<int> Kills = BenchOptions.Whole("--kills", "SIGKILLs of trainers.", 20, 0);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<int> Port = BenchOptions.Port(31_292);
    private static readonly Option<DirectoryInfo?> Kafka = BenchOptions.Kafka();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command(
        "trainer-kills", "Kill trainers while records flow: every image counts exactly once, reversed decisions included.")
    {
        Records, Kills, Seed, Port, Kafka, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var run = new TrainerKillsRun(new()
        {
            Records = parsed.GetValue(Records), Kills = parsed.GetValue(Kills), Seed = parsed.GetValue(Seed), Port = parsed.GetValue(Port),
            Kafka = parsed.GetValue(Kafka),
        }, TimeProvider.System);
        var result = await run.RunAsync(cancellation);
        Console.WriteLine(
            $"{result.Records:N0} records of {result.UniqueIds:N0} images, {result.Decisions:N0} decisions, {result.Kills} kills in {result.Seconds:F0} s: "
            + $"n {result.N:N0} of {result.NExpected:N0}, calibration {result.Calibration:N0} of {result.CalibrationExpected:N0}, "
            + $"mean differs by {result.MeanMaxAbsDiff:G2}, scatter by {result.ScatterMaxRelDiff:G2}.");
        JsonReport.Write(parsed.GetValue(Json), result, TrainerKillsJson.Default.TrainerKillsResult);
        return result.Holds ? ExitCode.Ok : ExitCode.Failed;
    }
}
