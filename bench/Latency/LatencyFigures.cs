using MoodStream.Bench.Driver;
using MoodStream.Bench.Pipeline;

namespace MoodStream.Bench.Latency;

/// <summary>How long verdicts take at a share of the throughput.</summary>
/// <param name="Title">Model, precision and batch.</param>
/// <param name="PerSecond">Images a second that arrived, on average.</param>
/// <param name="Steady">Seconds of each image from when it was due to its verdict, where images arrive at equal distances.</param>
/// <param name="Random">The same, where they arrive at random.</param>
/// <param name="ForwardAlone">What the forward passes alone would make of the latter arrivals.</param>
/// <param name="SecondsOfOne">Seconds of the forward pass of one image, the machine idle.</param>
internal sealed record LatencyFigures(
    string Title, double PerSecond, IReadOnlyCollection<double> Steady, IReadOnlyCollection<double> Random, IReadOnlyCollection<double> ForwardAlone,
    double SecondsOfOne)
{
    /// <summary>Share of the throughput that is offered.</summary>
    public const double Load = 0.7;

    private const double MustTimes = 3, AimTimes = 1.8, Median = 0.50, Late = 0.99;

    /// <summary>Measures.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="model">Its backbone.</param>
    /// <param name="bare">The bare forward of its backbone.</param>
    /// <param name="pipeline">What the gate can do.</param>
    /// <param name="seconds">How long images arrive, each way.</param>
    /// <param name="seed">Seed of the random moments.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<LatencyFigures> MeasureAsync(
        GateUnderLoad gate, GateModel model, BareForward bare, PipelineFigures pipeline, int seconds, int seed, CancellationToken cancellation)
    {
        var perSecond = Load * pipeline.ImagesPerSecond.Median;
        var count = Math.Max(1, (int)(perSecond * seconds));
        await Console.Error.WriteLineAsync($"{pipeline.Title}: {count:N0} images arrive, {perSecond:F1} a second, at equal distances and then at random");
        var random = OpenLoop.Arrivals(perSecond, count, seed);
        var steady = await OpenLoop.RunAsync(gate, OpenLoop.Steady(perSecond, count), TimeProvider.System, cancellation);
        var atRandom = await OpenLoop.RunAsync(gate, random, TimeProvider.System, cancellation);
        var passes = new double[model.Batch];
        for (var images = 1; images <= model.Batch; images++) passes[images - 1] = await bare.SecondsOfPassAsync(images, cancellation);
        return new(pipeline.Title, perSecond, steady, atRandom, OpenLoop.ForwardAlone(random, passes), passes[0]);
    }

    /// <summary>The rows.</summary>
    public IReadOnlyList<BenchRow> Rows() =>
    [
        BenchRow.OfShare(
            $"p99 latency at 70 % load, images at equal distances, over a single forward, {Title}", "s",
            Spread.Of([Percentile.Of(Steady, Late)]), SecondsOfOne, MustTimes, AimTimes),
        BenchRow.OfShare(
            $"p99 latency at 70 % load, images at random, over that of forward passes alone, {Title}", "s",
            Spread.Of([Percentile.Of(Random, Late)]), Percentile.Of(ForwardAlone, Late), MustTimes, AimTimes),
    ];

    /// <summary>Other figures, each name with a prefix.</summary>
    public Dictionary<string, double> Figures(string prefix = "") => new()
    {
        [$"{prefix}load_images_per_second"] = PerSecond, [$"{prefix}arrivals"] = Steady.Count, [$"{prefix}single_forward_seconds"] = SecondsOfOne,
        [$"{prefix}steady_p50_seconds"] = Percentile.Of(Steady, Median), [$"{prefix}steady_p99_seconds"] = Percentile.Of(Steady, Late),
        [$"{prefix}random_p50_seconds"] = Percentile.Of(Random, Median), [$"{prefix}random_p99_seconds"] = Percentile.Of(Random, Late),
        [$"{prefix}random_forward_alone_p50_seconds"] = Percentile.Of(ForwardAlone, Median),
        [$"{prefix}random_forward_alone_p99_seconds"] = Percentile.Of(ForwardAlone, Late),
    };
}
