using MoodStream.Bench.Driver;
using MoodStream.Bench.Pipeline;

namespace MoodStream.Bench.Latency;

/// <summary>How long verdicts take at a share of the throughput.</summary>
/// <param name="Title">Model, precision and batch.</param>
/// <param name="PerSecond">Images a second that arrived, on average.</param>
/// <param name="Latencies">Seconds of each image from when it was due to its verdict.</param>
/// <param name="SecondsOfOne">Seconds of the forward pass of one image, the machine idle.</param>
internal sealed record LatencyFigures(string Title, double PerSecond, IReadOnlyCollection<double> Latencies, double SecondsOfOne)
{
    /// <summary>Share of the throughput that is offered.</summary>
    public const double Load = 0.7;

    private const double MustTimes = 3, AimTimes = 1.8;

    /// <summary>Half of the images have their verdict after so many seconds.</summary>
    public double P50 => Percentile.Of(Latencies, 0.50);

    /// <summary>99 of 100 images have it after so many seconds.</summary>
    public double P99 => Percentile.Of(Latencies, 0.99);

    /// <summary>Measures.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="bare">The bare forward of its backbone.</param>
    /// <param name="pipeline">What the gate can do.</param>
    /// <param name="seconds">How long images arrive.</param>
    /// <param name="seed">Seed of their moments.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<LatencyFigures> MeasureAsync(
        GateUnderLoad gate, BareForward bare, PipelineFigures pipeline, int seconds, int seed, CancellationToken cancellation)
    {
        var perSecond = Load * pipeline.ImagesPerSecond.Median;
        var count = Math.Max(1, (int)(perSecond * seconds));
        await Console.Error.WriteLineAsync($"{pipeline.Title}: {count:N0} images arrive, {perSecond:F1} a second on average");
        var latencies = await OpenLoop.RunAsync(gate, OpenLoop.Arrivals(perSecond, count, seed), TimeProvider.System, cancellation);
        return new(pipeline.Title, perSecond, latencies, (await bare.SecondsOfOneAsync(cancellation)).Median);
    }

    /// <summary>The row.</summary>
    public BenchRow Row() => BenchRow.OfShare(
        $"p99 latency at 70 % load over a single forward, {Title}", "s", Spread.Of([P99]), SecondsOfOne, MustTimes, AimTimes);

    /// <summary>Other figures, each name with a prefix.</summary>
    public Dictionary<string, double> Figures(string prefix = "") => new()
    {
        [$"{prefix}load_images_per_second"] = PerSecond, [$"{prefix}p50_seconds"] = P50, [$"{prefix}p99_seconds"] = P99,
        [$"{prefix}single_forward_seconds"] = SecondsOfOne, [$"{prefix}arrivals"] = Latencies.Count,
    };
}
