using MoodStream.Bench.Driver;
using MoodStream.Bench.Pipeline;

namespace MoodStream.Bench.Latency;

/// <summary>How long verdicts take at a share of the throughput.</summary>
/// <param name="Title">Model, precision and batch.</param>
/// <param name="PerSecond">Images a second that arrived, on average.</param>
/// <param name="Rounds">What was measured, one after the other, so that a pause of the machine decides one of them and not the figure.</param>
internal sealed record LatencyFigures(string Title, double PerSecond, IReadOnlyList<LatencyRound> Rounds)
{
    /// <summary>Share of the throughput that is offered.</summary>
    public const double Load = 0.7;

    private const double MustTimes = 3, AimTimes = 1.8, Median = 0.50, Late = 0.99;

    /// <summary>Measures.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="model">Its backbone.</param>
    /// <param name="bare">The bare forward of its backbone.</param>
    /// <param name="pipeline">What the gate can do.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="seconds">How long images arrive in a round, each way.</param>
    /// <param name="seed">Seed of the random moments.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<LatencyFigures> MeasureAsync(
        GateUnderLoad gate, GateModel model, BareForward bare, PipelineFigures pipeline, int rounds, int seconds, int seed,
        CancellationToken cancellation)
    {
        var perSecond = Load * pipeline.ImagesPerSecond.Median;
        var count = Math.Max(1, (int)(perSecond * seconds));
        await Console.Error.WriteLineAsync(
            $"{pipeline.Title}: {rounds} times {count:N0} images arrive, {perSecond:F1} a second, at equal distances and then at random");
        var (steady, measured) = (OpenLoop.Steady(perSecond, count), new List<LatencyRound>());
        for (var round = 0; round < rounds; round++)
        {
            measured.Add(await LatencyRound.MeasureAsync(
                gate, model, bare, steady, OpenLoop.Arrivals(perSecond, count, seed + round), cancellation));
        }

        return new(pipeline.Title, perSecond, measured);
    }

    /// <summary>The rows.</summary>
    public IReadOnlyList<BenchRow> Rows() =>
    [
        BenchRow.OfShare(
            $"p99 latency at 70 % load, images at equal distances, over a single forward, {Title}", "s",
            Over(r => r.Steady, Late), [.. Rounds.Select(r => r.SecondsOfOne)], MustTimes, AimTimes),
        BenchRow.OfShare(
            $"p99 latency at 70 % load, images at random, over that of forward passes alone, {Title}", "s",
            Over(r => r.Random, Late), Over(r => r.ForwardAlone, Late), MustTimes, AimTimes),
    ];

    /// <summary>Other figures, medians of the rounds, each name with a prefix.</summary>
    public Dictionary<string, double> Figures(string prefix = "") => new()
    {
        [$"{prefix}load_images_per_second"] = PerSecond,
        [$"{prefix}arrivals"] = Rounds.Sum(r => r.Steady.Count),
        [$"{prefix}single_forward_seconds"] = Spread.Of([.. Rounds.Select(r => r.SecondsOfOne)]).Median,
        [$"{prefix}steady_p50_seconds"] = MedianOf(r => r.Steady, Median), [$"{prefix}steady_p99_seconds"] = MedianOf(r => r.Steady, Late),
        [$"{prefix}random_p50_seconds"] = MedianOf(r => r.Random, Median), [$"{prefix}random_p99_seconds"] = MedianOf(r => r.Random, Late),
        [$"{prefix}random_forward_alone_p50_seconds"] = MedianOf(r => r.ForwardAlone, Median),
        [$"{prefix}random_forward_alone_p99_seconds"] = MedianOf(r => r.ForwardAlone, Late),
    };

    private double MedianOf(Func<LatencyRound, IReadOnlyCollection<double>> latencies, double share) => Spread.Of(Over(latencies, share)).Median;

    private double[] Over(Func<LatencyRound, IReadOnlyCollection<double>> latencies, double share) =>
        [.. Rounds.Select(round => Percentile.Of(latencies(round), share))];
}
