using System.CommandLine;
using System.Globalization;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Rollback;

/// <summary><c>mood bench rollback</c>: from the command to every scorer's next output that names the old version.</summary>
internal static class RollbackBench
{
    private static readonly Option<int> Scorers = BenchOptions.Whole("--scorers", "Scorer processes.", 3, 1, 16);
    private static readonly Option<int> Rounds = BenchOptions.Whole("--rounds", "Roll-backs, one after another.", 5, 1, 1_000);

    private static readonly Option<int> Rate = BenchOptions.Whole("--rate", "Images per second, over all scorers; fewer where they do not keep up.", 30, 1, 10_000);

    private static readonly Option<double> Must = new("--must")
    {
        Description = "Seconds that the slowest scorer may take; the exit code is 1 where it takes more.", DefaultValueFactory = _ => 2,
        HelpName = "SECONDS",
    };

    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() =>
        new Command("rollback", "Roll statistics back while images flow, and time every scorer's next output that names the old version.")
        {
            Scorers, Rounds, Rate, Must, Seed, Json,
        }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var run = new RollbackRun(
            new RollbackSettings(
                parsed.GetValue(Scorers), parsed.GetValue(Rounds), parsed.GetValue(Rate), parsed.GetValue(Seed), BackboneFile.PathOf(null)),
            TimeProvider.System);
        var result = await run.RunAsync(cancellation);
        var must = parsed.GetValue(Must);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{result.Rounds} roll-backs with {result.Scorers} scorers: the slowest scorer's next output named the old version after at most "
            + $"{result.SecondsMax:F3} s, {result.SecondsMedian:F3} s as a median; the command took {result.CommandSecondsMedian:F3} s of it. "
            + $"Must: {must:G3} s."));
        JsonReport.Write(parsed.GetValue(Json), result, BenchJson.Default.RollbackResult);
        return result.SecondsMax <= must ? ExitCode.Ok : ExitCode.Failed;
    }
}
