using MoodStream.Mood.Gates;
using MoodStream.Scorer.Device;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Telemetry;

namespace MoodStream.Scorer.Scoring;

/// <summary>What the device says of one image.</summary>
/// <param name="Image">The image.</param>
/// <param name="Feature">Feature z before L2-normalisation, [D], float32.</param>
/// <param name="State">State of the gate the whole batch was judged with.</param>
/// <param name="Judgement">Score, p-value and verdict; null where the gate had no usable statistics.</param>
public sealed record ScoredImage(PreparedImage Image, float[] Feature, GateState State, GateJudgement? Judgement);

/// <summary>Scores a batch on the device: one forward pass for each backbone in it, one gate state for each gate.</summary>
public sealed class BatchScorer(DeviceThread device, ScorerMetrics metrics, TimeProvider clock)
{
    /// <summary>Scores images; the results are in their order.</summary>
    public async Task<IReadOnlyList<ScoredImage>> ScoreAsync(IReadOnlyList<PreparedImage> images, CancellationToken cancellation) =>
        await device.RunAsync(() => Score(images), cancellation);

    private ScoredImage[] Score(IReadOnlyList<PreparedImage> images)
    {
        var results = new ScoredImage[images.Count];
        foreach (var group in Enumerable.Range(0, images.Count).GroupBy(i => images[i].Gate))
        {
            int[] places = [.. group];
            var state = group.Key.Read();
            var started = clock.GetTimestamp();
            using var features = group.Key.Backbone.Extract([.. places.Select(i => images[i].Pixels)]);       // [B, D]
            var values = features.data<float>().ToArray();                       // waits for the device, so that the time is its own
            var extracted = clock.GetTimestamp();
            var judgements = state.Statistics?.Judge(features);
            metrics.Stage(ScorerMetrics.Forward, clock.GetElapsedTime(started, extracted));
            metrics.Stage(ScorerMetrics.Detect, clock.GetElapsedTime(extracted));
            var length = values.Length / places.Length;
            for (var i = 0; i < places.Length; i++)
                results[places[i]] = new(images[places[i]], values[(i * length)..((i + 1) * length)], state, judgements?[i]);
        }
        return results;
    }
}
