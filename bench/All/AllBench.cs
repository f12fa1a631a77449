using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Bench.Precision;
using MoodStream.Cli.Terminal;
using static TorchSharp.torch;

namespace MoodStream.Bench.All;

/// <summary><c>mood bench all</c>: every figure of the table, each beside its peer or limit.</summary>
internal static class AllBench
{
    private static readonly Option<int> Rounds = BenchOptions.Whole("--rounds", "Counted rounds of each benchmark.", 5, 1);
    private static readonly Option<DirectoryInfo?> Kafka = BenchOptions.Kafka();
    private static readonly Option<int> Port = BenchOptions.Port(32_292);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<string> Python = BenchOptions.Python("Pillow and NumPy");
    private static readonly Option<FileInfo?> Markdown = new("--markdown") { Description = "Write the table as Markdown to this file.", HelpName = "FILE" };
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("all", "Every figure of docs/performance.md's table, each beside its peer or limit; under half an hour.")
    {
        Rounds, Kafka, Port, Seed, Python, PrecisionBench.IdTrain, PrecisionBench.IdTest, PrecisionBench.Ood, Markdown, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var (images, gpu) = (ImagesOf(parsed), cuda.is_available());
        string[] gate = ["--port", $"{parsed.GetValue(Port)}", .. parsed.GetValue(Kafka) is { } kafka ? ["--kafka", kafka.FullName] : Array.Empty<string>()];
        var parts = BenchTable.Parts(
            parsed.GetValue(Rounds), parsed.GetValue(Seed), gate, ["--python", parsed.GetRequiredValue(Python)], images, gpu);
        var (reports, failed) = await RunAsync(parts, cancellation);
        reports = await RunAgainAsync(parts, reports, cancellation);
        var report = BenchTable.Join(
            reports, [.. failed, .. images.Count > 0 ? [] : new[] { BenchTable.PrecisionRow }, .. gpu ? [] : BenchTable.GpuRows]);
        if (parsed.GetValue(Markdown) is { } file) OutputFile.Write(file.FullName, () => File.WriteAllText(file.FullName, BenchText.Markdown(report)));
        var code = report.Publish(parsed.GetValue(Json));
        return failed.Count > 0 ? ExitCode.Failed : code;
    }

    /// <summary>Runs one after the other. One that fails is noted, so that those before and after it are not lost.</summary>
    private static async Task<(IReadOnlyList<(string, BenchReport)> Reports, IReadOnlyList<UnmeasuredRow> Failed)> RunAsync(
        IReadOnlyList<BenchPart> parts, CancellationToken cancellation)
    {
        var (reports, failed) = (new List<(string, BenchReport)>(), new List<UnmeasuredRow>());
        foreach (var part in parts)
        {
            await Console.Error.WriteLineAsync($"[{reports.Count + failed.Count + 1} of {parts.Count}] mood bench {string.Join(' ', part.Arguments)}");
            try
            {
                reports.Add((part.Name, await part.RunAsync(cancellation)));
            }
            catch (CliException e)
            {
                failed.Add(UnmeasuredRow.Of(part.Name, e.Message));
            }
        }

        return (reports, failed);
    }

    /// <summary>
    /// Runs those that missed a row once more, when the spell of a shared machine that they fell into may be over: each row is then of
    /// the rounds of both runs, the bad ones included.
    /// </summary>
    private static async Task<IReadOnlyList<(string, BenchReport)>> RunAgainAsync(
        IReadOnlyList<BenchPart> parts, IReadOnlyList<(string Part, BenchReport Report)> reports, CancellationToken cancellation)
    {
        var all = new List<(string, BenchReport)>();
        foreach (var (name, report) in reports)
            all.Add((name, BenchText.Missed(report) is { } missed ? await RunAgainAsync(parts.Single(p => p.Name == name), report, missed, cancellation) : report));
        return all;
    }

    private static async Task<BenchReport> RunAgainAsync(BenchPart part, BenchReport report, string missed, CancellationToken cancellation)
    {
        await Console.Error.WriteLineAsync($"{part.Name} {missed}: measured once more, its rows are of the rounds of both runs");
        try
        {
            return report.With(await part.RunAsync(cancellation));
        }
        catch (CliException e)
        {
            await Console.Error.WriteLineAsync($"{part.Name}: the second run ended without results, so that the rows are of the first: {e.Message}");
            return report;
        }
    }

    /// <summary>Options of real images; empty where none are named.</summary>
    /// <exception cref="CliException">Some are named and some are not.</exception>
    private static IReadOnlyList<string> ImagesOf(ParseResult parsed)
    {
        var (train, test, oods) = (
            parsed.GetValue(PrecisionBench.IdTrain), parsed.GetValue(PrecisionBench.IdTest), parsed.GetRequiredValue(PrecisionBench.Ood));
        if (train is null && test is null && oods.Length == 0) return [];
        return train is not null && test is not null && oods.Length > 0
            ? ["--id-train", train, "--id-test", test, .. oods.SelectMany(o => new[] { "--ood", o })]
            : throw new CliException("--id-train, --id-test and --ood go together.", ExitCode.WrongUsage);
    }
}
