using MoodStream.Bench.Pipeline;

namespace MoodStream.Bench.Latency;

/// <summary>One round: images at equal distances, images at random, and what forward passes took right after.</summary>
/// <param name="Steady">Seconds of each image from when it was due to its verdict, where images arrive at equal distances.</param>
/// <param name="Random">The same, where they arrive at random.</param>
/// <param name="ForwardAlone">What the forward passes alone would make of the latter arrivals.</param>
/// <param name="SecondsOfOne">Seconds of the forward pass of one image, the gate idle.</param>
internal sealed record LatencyRound(
    IReadOnlyCollection<double> Steady, IReadOnlyCollection<double> Random, IReadOnlyCollection<double> ForwardAlone, double SecondsOfOne)
{
    /// <summary>Measures.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="model">Its backbone.</param>
    /// <param name="bare">The bare forward of its backbone.</param>
    /// <param name="steady">When images arrive at equal distances, seconds from the start.</param>
    /// <param name="random">When they arrive at random.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<LatencyRound> MeasureAsync(
        GateUnderLoad gate, GateModel model, BareForward bare, IReadOnlyList<double> steady, IReadOnlyList<double> random,
        CancellationToken cancellation)
    {
        var atEqualDistances = await OpenLoop.RunAsync(gate, steady, TimeProvider.System, cancellation);
        var atRandom = await OpenLoop.RunAsync(gate, random, TimeProvider.System, cancellation);
        var passes = new double[model.Batch];
        for (var images = 1; images <= model.Batch; images++) passes[images - 1] = await bare.SecondsOfPassAsync(images, cancellation);
        return new(atEqualDistances, atRandom, OpenLoop.ForwardAlone(random, passes), passes[0]);
    }
}
