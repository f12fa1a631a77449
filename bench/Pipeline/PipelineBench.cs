using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Vision.Precision;

namespace MoodStream.Bench.Pipeline;

/// <summary><c>mood bench pipeline</c>: a whole gate, Kafka to Kafka, beside the bare forward pass of the same batches.</summary>
internal static class PipelineBench
{
    private static readonly Option<string> Model = GateOptions.Model();
    private static readonly Option<ForwardPrecision?> Precision = GateOptions.Precision();
    private static readonly Option<int?> Batch = GateOptions.Batch();
    private static readonly Option<string> Device = GateOptions.Device();
    private static readonly Option<int> Rounds = BenchOptions.Whole("--rounds", "Counted rounds.", 10, 1);
    private static readonly Option<int> Seconds = BenchOptions.Whole("--seconds", "About how long a round of the bare forward takes.", 4, 1);
    private static readonly Option<int> Starts = BenchOptions.Whole("--starts", "Cold starts.", 3, 1);
    private static readonly Option<bool> HeatMaps = new("--heat-maps") { Description = "Fit patches too, so that a heat map is drawn of each image that goes to review." };
    private static readonly Option<DirectoryInfo?> Kafka = BenchOptions.Kafka();
    private static readonly Option<int> Port = BenchOptions.Port(31_892);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("pipeline", "A whole gate, Kafka to Kafka, beside the bare forward pass; its allocations, memory and cold start.")
    {
        Model, Precision, Batch, Device, Rounds, Seconds, Starts, HeatMaps, Kafka, Port, Seed, Json,
    }.Runs(RunAsync);

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var model = GateModel.Of(
            parsed.GetRequiredValue(Model), parsed.GetValue(Precision), parsed.GetValue(Batch), parsed.GetRequiredValue(Device), parsed.GetValue(Seed));
        var plan = new GatePlan(model, parsed.GetValue(Kafka), parsed.GetValue(Port), parsed.GetValue(Seed)) { HeatMaps = parsed.GetValue(HeatMaps) };
        await using var gate = await GateUnderLoad.StartAsync(plan, TimeProvider.System, cancellation);
        await using var bare = await BareForward.LoadAsync(model, gate.Load.Frames, cancellation);
        var figures = await PipelineFigures.MeasureAsync(gate, model, bare, parsed.GetValue(Rounds), parsed.GetValue(Seconds), cancellation);
        var peak = gate.PeakMiB;
        var starts = new List<double>();
        for (var start = 0; start < parsed.GetValue(Starts); start++) starts.Add(await gate.ColdStartAsync(cancellation));
        IReadOnlyList<BenchRow> rows = model switch
        {
            { IsOnGpu: true } => [PipelineRows.GpuForward(figures), PipelineRows.GpuGate(figures)],
            { IsVitB16: true } => [PipelineRows.Share(model, figures)],
            _ =>
            [
                PipelineRows.Share(model, figures), PipelineRows.Rate(figures), PipelineRows.Allocated(figures),
                PipelineRows.Memory(model, peak), PipelineRows.ColdStart(model, starts),
            ],
        };
        return new BenchReport(BenchMachine.Here(), rows, new Dictionary<string, double>(figures.Stages.Select(s => KeyValuePair.Create($"{s.Key}_seconds_per_image", s.Value)))
        {
            ["images_of_a_round"] = figures.Images, ["largest_score_difference"] = figures.LargestDifference,
            ["bare_images_per_second"] = figures.BareImagesPerSecond.Median, ["images_per_second"] = figures.ImagesPerSecond.Median, ["allocated_bytes_per_image"] = figures.AllocatedPerImage.Median,
            ["peak_memory_mib"] = peak, ["cold_start_seconds"] = Spread.Of(starts).Median,
        }).Publish(parsed.GetValue(Json));
    }
}
