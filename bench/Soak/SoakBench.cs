using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;
using Spectre.Console;

namespace MoodStream.Bench.Soak;

/// <summary><c>mood bench soak</c>: a gate works for a long time, and nothing that it uses may grow.</summary>
internal static class SoakBench
{
    private static readonly Option<DirectoryInfo?> Kafka = BenchOptions.Kafka();
    private static readonly Option<int> Minutes = BenchOptions.Whole("--minutes", "How long; 480 is a working day.", 30, 1);
    private static readonly Option<int> Rate = BenchOptions.Whole("--rate", "Images a second.", 10, 1);
    private static readonly Option<FileInfo?> Plot = new("--plot") { Description = "SVG file of the picture.", HelpName = "FILE" };
    private static readonly Option<int> Port = BenchOptions.Port(31_492);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("soak", "Let gateway, scorer and trainer work for a long time, and see whether they grow.")
    {
        Kafka, Minutes, Rate, Plot, Port, Seed, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = new SoakPlan(
            parsed.GetValue(Kafka), TimeSpan.FromMinutes(parsed.GetValue(Minutes)), parsed.GetValue(Rate), parsed.GetValue(Port),
            parsed.GetValue(Seed), BackboneFile.PathOf(null));
        var result = await new SoakRun(plan, TimeProvider.System).RunAsync(cancellation);
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle("the last two thirds") };
        table.AddColumns("service", "measure", "mean", "slope an hour", "change", "allowed", "");
        foreach (var t in result.Trends)
            table.AddRow(t.Service, t.Measure, $"{t.Mean:F1}", Signed(t.SlopePerHour), Signed(t.Change), $"{t.Allowed:F1}", t.Met ? "met" : "missed");
        Tables.Write(table);
        Console.WriteLine(
            $"{result.ImagesIn:N0} in over {result.Seconds / 60:F0} min, {result.Refused:N0} refused, {result.Lost:N0} lost, {result.Duplicates:N0} twice, "
            + $"{result.Crashes} crashes, seed {plan.Seed}.");
        if (parsed.GetValue(Plot) is { } plot) OutputFile.Write(plot.FullName, () => SoakPlot.Write(plot, result));
        JsonReport.Write(parsed.GetValue(Json), result, BenchJson.Default.SoakResult);
        return result.Met ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>With its sign, but for what is rounded to nothing.</summary>
    private static string Signed(double figure) => $"{Math.Round(figure, 1) + 0.0:+0.0;-0.0;0.0}";     // + 0.0: of no sign
}
