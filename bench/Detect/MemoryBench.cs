using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Terminal;
using Spectre.Console;

namespace MoodStream.Bench.Detect;

/// <summary>Points of <see cref="MemoryBench"/>, with the machine they were measured on.</summary>
internal sealed record MemoryReport(BenchMachine Machine, IReadOnlyList<MemoryPoint> Points);

/// <summary><c>mood bench memory</c>: memory of scoring against many classes, for several numbers of classes and
/// lengths of features, beside the formula O(C·D + D²).</summary>
internal static class MemoryBench
{
    private const string Name = "memory";

    /// <summary>Each number grows alone, so that each term of the formula shows.</summary>
    private static readonly (int Classes, int Width, int Images)[] Usual =
    [
        (100, 768, 64), (1_000, 768, 64), (10_000, 768, 64), (30_000, 768, 64), (1_000, 1_536, 64), (1_000, 3_072, 64),
        (1_000, 768, 2_000), (1_000, 768, 10_000), (1_000, 768, 40_000),
    ];

    /// <summary>
    /// glibc's setting that gives freed blocks above this size back at once. Left to itself glibc (seen with 2.36) keeps
    /// more and more of them, since aligned blocks seldom fit where others were freed: that is its memory, not the
    /// detector's.
    /// </summary>
    private static readonly (string Name, string Value) GiveBack = ("MALLOC_MMAP_THRESHOLD_", "1048576");

    private static readonly Option<int?> Classes = new("--classes")
    {
        Description = "Classes of a single point, measured in this process.", HelpName = "C",
    };

    private static readonly Option<int?> Width = new("--width")
    {
        Description = "Length of a feature of a single point.", HelpName = "D",
    };

    private static readonly Option<int> Images = new("--images")
    {
        Description = "Features of a single point.", DefaultValueFactory = _ => 64, HelpName = "N",
    };

    private static readonly Option<int> Seed = BenchOptions.Seed();

    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() =>
        new Command(Name, "Memory of mahalanobis++ against a formula, for several numbers of classes and lengths.")
        {
            Classes, Width, Images, Seed, Json,
        }.Runs(async (parsed, cancellation) =>
            parsed.GetValue(Classes) is { } classes && parsed.GetValue(Width) is { } width
            ? Publish(parsed, [MemoryPoint.Measure(classes, width, parsed.GetValue(Images), parsed.GetValue(Seed))])
            : Publish(parsed, await MeasureAllAsync(parsed.GetValue(Seed), cancellation)));

    private static int Publish(ParseResult parsed, IReadOnlyList<MemoryPoint> points)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("classes C", "width D", "features");
        table.AddColumns("state, MiB", "temporaries, MiB", "measured, MiB", "ratio");
        table.AddColumns("kept by glibc, MiB", "all distances, MiB", "");
        foreach (var p in points)
            table.AddRow(
                $"{p.Classes:N0}", $"{p.Width:N0}", $"{p.Images:N0}", MiB(p.StateBytes), MiB(p.TemporaryBytes),
                MiB(p.MeasuredBytes), $"{p.Ratio:F2}", p.KeptBytes is { } kept ? MiB(kept) : "–",
                MiB(p.AllDistancesBytes), p.Met ? "met" : "[bold]missed[/]");
        Tables.Write(table);
        Console.WriteLine(
            "state: 8 (4 C D + D²) bytes; temporaries: 8 B (10 D + 2 C) bytes, with B D and B C within 32 MiB.");
        var report = new MemoryReport(BenchMachine.Here(), points);
        JsonReport.Write(parsed.GetValue(Json), report, BenchJson.Default.MemoryReport);
        return points.All(p => p.Met) ? ExitCode.Ok : ExitCode.Failed;
    }

    private static async Task<IReadOnlyList<MemoryPoint>> MeasureAllAsync(int seed, CancellationToken cancellation)
    {
        var points = new List<MemoryPoint>();
        foreach (var (classes, width, images) in Usual)
        {
            string[] point =
                ["--classes", $"{classes}", "--width", $"{width}", "--images", $"{images}", "--seed", $"{seed}"];
            var kept = await MeasureApartAsync(point, givesBack: false, cancellation);
            var measured = await MeasureApartAsync(point, givesBack: true, cancellation);
            points.Add(measured with { KeptBytes = kept.MeasuredBytes });
        }
        return points;
    }

    /// <summary>A point in a process of its own: what one has freed would hide what the next one needs.</summary>
    private static async Task<MemoryPoint> MeasureApartAsync(
        string[] point, bool givesBack, CancellationToken cancellation)
    {
        var file = Path.GetTempFileName();
        try
        {
            var call = new ProcessStartInfo(Environment.ProcessPath!, [Name, .. point, "--json", file])
            {
                RedirectStandardOutput = true,
            };
            if (givesBack) call.Environment[GiveBack.Name] = GiveBack.Value;
            using var process = Process.Start(call)!;
            await process.StandardOutput.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            var json = await File.ReadAllBytesAsync(file, cancellation);
            return json.Length > 0
                ? JsonSerializer.Deserialize(json, BenchJson.Default.MemoryReport)!.Points.Single()
                : throw new CliException($"Measuring {string.Join(' ', point)} ended with code {process.ExitCode}.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string MiB(long bytes) => $"{bytes / (double)(1 << 20):F1}";
}
