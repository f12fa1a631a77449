using MoodStream.Bench.Driver;

namespace MoodStream.Bench.Pipeline;

/// <summary>What a whole gate came to, beside what it must reach.</summary>
/// <remarks>What is asked of the shipped backbone is asked of any other small one.</remarks>
internal static class PipelineRows
{
    /// <summary>Throughput as a share of the bare forward's.</summary>
    public static BenchRow Share(GateModel model, PipelineFigures figures) => BenchRow.Of(
        $"Kafka to Kafka, {figures.Title}: throughput as a share of the bare forward", figures.Times,
        must: model.IsVitB16 ? 0.95 : 0.70, aim: model.IsVitB16 ? 0.98 : 0.85);

    /// <summary>Images a second.</summary>
    public static BenchRow Rate(PipelineFigures figures) =>
        BenchRow.OfLimit($"whole gate, {figures.Title}", "images/s", figures.ImagesPerSecond, must: 400, aim: 1_500);

    /// <summary>Images a second of the forward pass alone on a GPU.</summary>
    public static BenchRow GpuForward(PipelineFigures figures) =>
        BenchRow.OfLimit($"forward on a GPU, {figures.Title}", "images/s", figures.BareImagesPerSecond, must: 7_000, aim: 9_000);

    /// <summary>Images a second of the whole gate on a GPU.</summary>
    public static BenchRow GpuGate(PipelineFigures figures) =>
        BenchRow.OfLimit($"whole gate on a GPU, {figures.Title}", "images/s", figures.ImagesPerSecond, must: 5_000, aim: 7_000);

    /// <summary>Allocations.</summary>
    public static BenchRow Allocated(PipelineFigures figures) => BenchRow.OfLimit(
        $"managed bytes allocated per image, {figures.Title}", "B", figures.AllocatedPerImage, must: 8 << 10, aim: 2 << 10);

    /// <summary>Memory.</summary>
    public static BenchRow Memory(GateModel model, double peakMiB) =>
        BenchRow.OfLimit($"most resident memory of a scorer, {model.Name}", "MiB", Spread.Of([peakMiB]), must: 600, aim: 350);

    /// <summary>Start.</summary>
    public static BenchRow ColdStart(GateModel model, IReadOnlyList<double> seconds) =>
        BenchRow.OfLimit($"cold start of a scorer to its first verdict, {model.Name}", "s", Spread.Of(seconds), must: 5, aim: 2);
}
