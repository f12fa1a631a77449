using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Vision.Precision;

namespace MoodStream.Bench.Forward;

/// <summary>Result of <c>mood bench forward</c>.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="RatioToOnnxruntime">Median of the paired rounds: ONNX Runtime's time over ours.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Figures">Other figures.</param>
internal sealed record ForwardResult(
    BenchMachine Machine, double RatioToOnnxruntime, IReadOnlyList<BenchRow> Rows, IReadOnlyDictionary<string, double> Figures);

/// <summary><c>mood bench forward</c>: the forward pass of ViT-B/16, beside ONNX Runtime and its bare matrix products.</summary>
internal static class ForwardBench
{
    private static readonly Option<int> Batch = BenchOptions.Whole("--batch", "Images of a batch.", 8, 1);
    private static readonly Option<int> Rounds = BenchOptions.Whole("--rounds", "Counted rounds.", 5, 1);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<ForwardPrecision> Precision = new("--precision") { Description = "Type of ours: auto, fp32 or bf16.", DefaultValueFactory = _ => ForwardPrecision.Auto };
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("forward", "The forward pass of ViT-B/16, beside ONNX Runtime with the same weights, and its bare matrix products.")
    {
        Batch, Rounds, Seed, Precision, Json,
    }.Runs((parsed, _) => Task.FromResult(Run(parsed)));

    private static int Run(ParseResult parsed)
    {
        var measured = ForwardFigures.Measure(
            parsed.GetValue(Batch), parsed.GetValue(Rounds), parsed.GetValue(Precision), parsed.GetValue(Seed));
        var report = new BenchReport(BenchMachine.Here(), measured.Rows, measured.Figures);
        var code = report.Publish(null);
        JsonReport.Write(
            parsed.GetValue(Json), new ForwardResult(report.Machine, measured.RatioToOnnxRuntime, measured.Rows, measured.Figures),
            BenchJson.Default.ForwardResult);
        return code;
    }
}
