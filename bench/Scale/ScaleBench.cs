using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Bench.Pipeline;
using MoodStream.Cli.Terminal;
using Spectre.Console;

namespace MoodStream.Bench.Scale;

/// <summary><c>mood bench scale</c>: cost against work.</summary>
internal static class ScaleBench
{
    private static readonly Option<int> Images = BenchOptions.Whole("--images", "Images of a point of the whole gate.", 1_280, 128);
    private static readonly Option<int> Classes = BenchOptions.Whole("--classes", "Most classes.", 10_000, 1);
    private static readonly Option<int> Gates = BenchOptions.Whole("--gates", "Most gates.", 1_000, 1);
    private static readonly Option<int> Sources = BenchOptions.Whole("--sources", "Most sources; each has an image at least.", 100_000, 1);
    private static readonly Option<int> Scorers = BenchOptions.Whole("--scorers", "Most scorers.", 4, 1);
    private static readonly Option<DirectoryInfo?> Kafka = BenchOptions.Kafka();
    private static readonly Option<int> Port = BenchOptions.Port(32_492);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<FileInfo?> Plot = new("--plot") { Description = "Draw the sweeps as an SVG picture.", HelpName = "FILE" };
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("scale", "What an image costs by classes, feature width, image side, gates, sources, partitions and scorers; and the model of the throughput.")
    {
        Images, Classes, Gates, Sources, Scorers, Kafka, Port, Seed, Plot, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var model = GateModel.Of(GateModel.Shipped, precision: null, batch: null, GateModel.Cpu, parsed.GetValue(Seed));
        var sweeps = new GateSweeps(
            new GatePlan(model, parsed.GetValue(Kafka), parsed.GetValue(Port), parsed.GetValue(Seed)), parsed.GetValue(Images));
        IReadOnlyList<ScalePoint> maths = [.. MathsSweeps.Classes(parsed.GetValue(Classes)), .. MathsSweeps.Widths(), .. MathsSweeps.Sides()];
        var gates = await sweeps.ByGatesAsync(parsed.GetValue(Gates), cancellation);
        var sources = await sweeps.BySourcesAsync(parsed.GetValue(Sources), cancellation);
        var (scorers, expected) = await sweeps.ByScorersAsync(parsed.GetValue(Scorers), cancellation);
        var result = new ScaleResult(BenchMachine.Here(), [.. maths, .. gates, .. sources, .. scorers], FiguresOf(expected));
        Print(result);
        if (parsed.GetValue(Plot) is { } plot) OutputFile.Write(plot.FullName, () => ScalePlot.Write(plot, result));
        JsonReport.Write(parsed.GetValue(Json), result, ScaleJson.Default.ScaleResult);
        return ExitCode.Ok;
    }

    /// <summary>What the model is made of, and what it expects of several machines like this one with as many partitions as the images' topic has.</summary>
    private static Dictionary<string, double> FiguresOf(ThroughputModel model)
    {
        const int partitions = 16;
        var figures = new Dictionary<string, double> { ["cores"] = model.Cores, ["cpu_seconds_per_image"] = model.CpuSeconds };
        foreach (var machines in new[] { 1, 2, 4, 8, partitions }) figures[$"expected_images_per_second_of_{machines}"] = model.Of(machines, partitions);
        return figures;
    }

    private static void Print(ScaleResult result)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("what grows", "work", "cost", "", "ideal");
        foreach (var p in result.Points)
            table.AddRow(Markup.Escape(p.Sweep), $"{p.Work:N0}", $"{p.Cost:N1}", Markup.Escape(p.Unit), p.Ideal is { } ideal ? $"{ideal:N1}" : "–");
        Tables.Write(table);
        foreach (var (name, value) in result.Figures) Console.WriteLine($"{name}: {value:#,0.######}");
    }
}
