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
    private static readonly Option<string> Python = new("--python") { Description = "Interpreter with Pillow and NumPy.", DefaultValueFactory = _ => "/usr/bin/python3" };
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
        var reports = new List<(string, BenchReport)>();
        foreach (var part in parts)
        {
            await Console.Error.WriteLineAsync($"[{reports.Count + 1} of {parts.Count}] mood bench {string.Join(' ', part.Arguments)}");
            reports.Add((part.Name, await part.RunAsync(cancellation)));
        }

        IReadOnlyList<UnmeasuredRow> left = [.. images.Count > 0 ? [] : new[] { BenchTable.PrecisionRow }, .. gpu ? [] : BenchTable.GpuRows];
        var report = BenchTable.Join(reports, left);
        if (parsed.GetValue(Markdown) is { } file) OutputFile.Write(file.FullName, () => File.WriteAllText(file.FullName, BenchText.Markdown(report)));
        return report.Publish(parsed.GetValue(Json));
    }

    private static IReadOnlyList<string> ImagesOf(ParseResult parsed) =>
        parsed.GetValue(PrecisionBench.IdTrain) is not { } train || parsed.GetValue(PrecisionBench.IdTest) is not { } test ? [] :
        [
            "--id-train", train, "--id-test", test, .. parsed.GetRequiredValue(PrecisionBench.Ood).SelectMany(o => new[] { "--ood", o }),
        ];
}
