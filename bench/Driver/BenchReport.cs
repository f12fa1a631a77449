using System.Text.Json.Serialization;
using MoodStream.Bench.Chaos;
using MoodStream.Bench.Detect;
using MoodStream.Bench.Flood;
using MoodStream.Bench.Forward;
using MoodStream.Bench.Fuzz;
using MoodStream.Bench.Queue;
using MoodStream.Bench.Redis;
using MoodStream.Bench.Rollback;
using MoodStream.Bench.Soak;
using MoodStream.Cli.Terminal;
using Spectre.Console;

namespace MoodStream.Bench.Driver;

/// <summary>Rows of one run, with the machine they were measured on.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Figures">Other figures by name, such as bytes of memory; null where there are none.</param>
internal sealed record BenchReport(BenchMachine Machine, IReadOnlyList<BenchRow> Rows, IReadOnlyDictionary<string, double>? Figures = null)
{
    /// <summary>Rows that could not be measured here; null where all were.</summary>
    public IReadOnlyList<UnmeasuredRow>? NotMeasured { get; init; }

    /// <summary>The rows over the rounds of this run and another of the same benchmark; the other's figures stand beside this one's.</summary>
    public BenchReport With(BenchReport again) => this with
    {
        Rows = [.. Rows.Zip(again.Rows, (row, more) => row.With(more))],
        Figures = Figures?.Concat(again.Figures!.Select(f => KeyValuePair.Create($"again_{f.Key}", f.Value))).ToDictionary(),
    };

    /// <summary>Prints the rows, and writes them where a file was asked for.</summary>
    /// <returns>The exit code: 1 where a row misses what it must reach; its name then stands in the last line.</returns>
    public int Publish(FileInfo? json)
    {
        Print();
        JsonReport.Write(json, this, BenchJson.Default.BenchReport);
        if (BenchText.Missed(this) is not { } missed) return ExitCode.Ok;
        Console.Error.WriteLine(missed);
        return ExitCode.Failed;
    }

    private void Print()
    {
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle($"{Machine.Processor}, {Machine.Cores} cores") };
        table.AddColumns("what", "ours", "peer", "ratio", "in the rounds", "must", "aim", "");
        foreach (var r in Rows)
            table.AddRow(
                Markup.Escape(r.Name), $"{r.Ours:G4} {r.Unit}", $"{r.Peer:G4} {r.Unit}", $"{r.Ratio:G4}×", $"{r.RatioLow:G4} to {r.RatioHigh:G4}",
                BenchText.Bound(r, r.Must), r.Aim is { } aim ? BenchText.Bound(r, aim) : "–", r.Met ? "met" : "[bold]missed[/]");
        foreach (var r in NotMeasured ?? [])
            table.AddRow(Markup.Escape(r.Name), "–", "–", "–", "–", BenchText.Figure(r.Must, r.Unit), BenchText.Figure(r.Aim, r.Unit), Markup.Escape($"not measured: {r.Reason}"));
        Tables.Write(table);
        foreach (var (name, value) in Figures ?? new Dictionary<string, double>()) Console.WriteLine($"{name}: {value:#,0.######}");
    }
}

/// <summary>Source-generated JSON of the benchmarks' results.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BenchReport))]
[JsonSerializable(typeof(ChaosResult))]
[JsonSerializable(typeof(MemoryReport))]
[JsonSerializable(typeof(ForwardResult))]
[JsonSerializable(typeof(RedisResult))]
[JsonSerializable(typeof(RollbackResult))]
[JsonSerializable(typeof(SoakResult))]
[JsonSerializable(typeof(FloodResult))]
[JsonSerializable(typeof(FuzzResult))]
[JsonSerializable(typeof(QueueResult))]
internal sealed partial class BenchJson : JsonSerializerContext;
