using System.CommandLine;
using System.Text.Json;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Precision;

/// <summary><c>mood bench precision</c>: what bfloat16 does to scores, as the AUROC of <c>mood evaluate</c> in both types.</summary>
internal static class PrecisionBench
{
    private const double Must = 0.003, Aim = 0.001;
    private const string Detector = "mahalanobis++", Fp32 = "fp32", Bf16 = "bf16";

    /// <summary>Images, as <c>mood evaluate</c> takes them.</summary>
    public static readonly Option<string?> IdTrain = new("--id-train") { Description = "In-distribution images to fit to, as mood evaluate takes them.", HelpName = "DATASET" };

    /// <inheritdoc cref="IdTrain"/>
    public static readonly Option<string?> IdTest = new("--id-test") { Description = "In-distribution images to test with.", HelpName = "DATASET" };

    /// <inheritdoc cref="IdTrain"/>
    public static readonly Option<string[]> Ood = new("--ood") { Description = "Out-of-distribution images; may be given several times.", HelpName = "NAME=DATASET", DefaultValueFactory = _ => [] };

    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("precision", "AUROC of mahalanobis++ with the shipped backbone in bfloat16 beside float32.")
    {
        IdTrain, IdTest, Ood, Json,
    }.Runs(RunAsync);

    /// <summary>Rows, and each AUROC by itself.</summary>
    /// <param name="exact">AUROC of each set in float32.</param>
    /// <param name="shortened">The same in bfloat16.</param>
    internal static (BenchRow Row, Dictionary<string, double> Figures) RowOf(
        IReadOnlyDictionary<string, double> exact, IReadOnlyDictionary<string, double> shortened)
    {
        var worst = exact.Max(e => Math.Abs(shortened[e.Key] - e.Value));
        var figures = exact.ToDictionary(e => $"auroc_{Fp32}_{e.Key}", e => e.Value);
        foreach (var (set, auroc) in shortened) figures[$"auroc_{Bf16}_{set}"] = auroc;
        return (BenchRow.OfLimit(
            $"AUROC in bf16 beside fp32, {Detector}, largest difference over {exact.Count} sets", "AUROC", Spread.Of([worst]), Must, Aim), figures);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(IdTrain) is not { } train || parsed.GetValue(IdTest) is not { } test || parsed.GetRequiredValue(Ood) is not { Length: > 0 } oods)
            throw new CliException("--id-train, --id-test and --ood say which images are to be compared.", ExitCode.WrongUsage);
        string[] images = ["--id-train", train, "--id-test", test, .. oods.SelectMany(o => new[] { "--ood", o })];
        var (row, figures) = RowOf(await AurocsAsync(images, Fp32, cancellation), await AurocsAsync(images, Bf16, cancellation));
        return new BenchReport(BenchMachine.Here(), [row], figures).Publish(parsed.GetValue(Json));
    }

    private static async Task<Dictionary<string, double>> AurocsAsync(string[] images, string precision, CancellationToken cancellation)
    {
        await Console.Error.WriteLineAsync($"mood evaluate in {precision}");
        string[] call = ["evaluate", .. images, "--detectors", Detector, "--precision", precision, "--no-cache"];
        using var json = JsonDocument.Parse(await JsonOfProgram.RunAsync(MoodProgram.Find(), call, cancellation));
        return json.RootElement.GetProperty("results").EnumerateArray().Where(r => r.GetProperty("detector").GetString() == Detector)
            .ToDictionary(r => r.GetProperty("ood").GetString()!, r => r.GetProperty("auroc").GetDouble());
    }
}
