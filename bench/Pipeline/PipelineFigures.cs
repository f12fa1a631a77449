using MoodStream.Bench.Driver;
using MoodStream.Bench.Rig;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Pipeline;

/// <summary>A whole gate beside the forward pass alone.</summary>
/// <param name="Title">Model, precision and batch, for the names of rows.</param>
/// <param name="Images">Images of a round.</param>
/// <param name="Times">Seconds of a round, the gate's and the bare forward's.</param>
/// <param name="AllocatedPerImage">Managed bytes that the scorer allocated for an image.</param>
/// <param name="LargestDifference">Largest difference of a verdict's score from that of the bare forward, relative.</param>
internal sealed record PipelineFigures(string Title, int Images, PairedFigures Times, Spread AllocatedPerImage, double LargestDifference)
{
    /// <summary>Batches that a round has at the least: the first one does not count.</summary>
    private const int LeastBatches = 4;

    /// <summary>Most images of a round: the embedded Kafka keeps 5 MiB of a partition.</summary>
    private const int MostImages = RigTraffic.MaxOutstanding;

    /// <summary>Seconds of an image in each stage of the scorer, and its processor time: what the time goes to. Stages run at the same time.</summary>
    public required IReadOnlyDictionary<string, double> Stages { get; init; }

    /// <summary>Images a second of the whole gate.</summary>
    public Spread ImagesPerSecond => RateOf(Times.OursSeconds);

    /// <summary>Images a second of the bare forward.</summary>
    public Spread BareImagesPerSecond => RateOf(Times.PeerSeconds);

    /// <summary>Measures, in turns, after one round of each that does not count: a pass through the gate lies between two of the bare forward.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="model">Its backbone.</param>
    /// <param name="bare">The bare forward of the same backbone.</param>
    /// <param name="rounds">Counted rounds.</param>
    /// <param name="seconds">About how long the bare forward of a round takes.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CliException">The gate's scores are not those of the bare forward.</exception>
    public static async Task<PipelineFigures> MeasureAsync(
        GateUnderLoad gate, GateModel model, BareForward bare, int rounds, double seconds, CancellationToken cancellation)
    {
        var few = 2 * model.Batch;
        await bare.SecondsOfAsync(few, cancellation);
        var images = ImagesOf(seconds, await bare.SecondsOfAsync(few, cancellation) / few, model.Batch);
        var (ours, peer, allocated) = (new List<double>(), new List<double>(), new List<double>());
        var (before, last) = (await gate.StageSecondsAsync(cancellation), 0.0);
        for (var round = 0; round <= rounds; round++)
        {
            var pass = await gate.PassAsync(images, cancellation);
            var alone = await bare.SecondsOfAsync(images, cancellation);
            await Console.Error.WriteLineAsync($"{model.Name}, round {round} of {rounds}: {images / pass.Seconds:F1} images a second, {images / alone:F1} of the bare forward");
            if (round > 0)
            {
                ours.Add(pass.Seconds);
                peer.Add((last + alone) / 2);               // a machine that grows slower or faster meanwhile does so for both
                allocated.Add(pass.AllocatedBytes / images);
            }
            last = alone;
        }

        var stages = await gate.StageSecondsAsync(cancellation);
        using var statistics = await gate.Rig.ReadStatisticsAsync(cancellation);
        var difference = LargestDifferenceOf(gate.Tape.From(0), await bare.ScoresAsync(statistics, cancellation));
        var tolerance = bare.Precision == "fp32" ? 1e-3 : 5e-2;
        if (!(difference <= tolerance)) throw new CliException($"A score of the gate lies {difference:G3} (relative) from that of the bare forward; allowed is {tolerance}. Nothing is reported.");
        return new($"{model.Name} in {bare.Precision}, batch {model.Batch}", images, PairedFigures.Of(ours, peer), Spread.Of(allocated), difference)
        {
            Stages = stages.ToDictionary(s => s.Key, s => (s.Value - before[s.Key]) / ((rounds + 1) * images)),
        };
    }

    private Spread RateOf(Spread seconds) => Spread.Of(seconds.Figures.Select(s => Images / s));

    /// <summary>Images of a round: whole batches for about so many seconds, within what Kafka holds.</summary>
    internal static int ImagesOf(double seconds, double secondsOfImage, int batch)
    {
        var batches = Math.Ceiling(seconds / secondsOfImage / batch);
        return batch * (int)Math.Clamp(batches, LeastBatches, Math.Max(LeastBatches, MostImages / batch));
    }

    /// <summary>Largest relative difference of the verdicts' scores from the right ones; infinite where one has none.</summary>
    internal static double LargestDifferenceOf(IEnumerable<TapedVerdict> verdicts, IReadOnlyList<double> scores) =>
        verdicts.Max(v => v.Score() is { } score && scores[FrameLoad.FrameOf(FrameLoad.NumberOf(v.Id))] is var right
            ? Math.Abs(score - right) / Math.Abs(right) : double.PositiveInfinity);
}
