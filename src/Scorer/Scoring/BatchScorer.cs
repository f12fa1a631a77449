using MoodStream.Mood.Gates;
using MoodStream.Scorer.Device;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Telemetry;

namespace MoodStream.Scorer.Scoring;

/// <summary>What the device says of one image.</summary>
/// <param name="Image">The image.</param>
/// <param name="Feature">Feature z before L2-normalisation, [D], float32; empty where the device failed on it.</param>
/// <param name="State">State of the gate the whole batch was judged with.</param>
/// <param name="Judgement">Score, p-value and verdict; null where the gate had no usable statistics.</param>
public sealed record ScoredImage(PreparedImage Image, float[] Feature, GateState State, GateJudgement? Judgement)
{
    /// <summary>What the device said when it failed on this image alone; null where it did not.</summary>
    public string? DeviceFault { get; init; }
}

/// <summary>Scores a batch on the device: one forward pass for each backbone in it, one gate state for each gate.</summary>
/// <remarks>
/// On failure: where the device still answers a blank image, the batch is scored again one by one, so that an image that
/// breaks it cannot take its neighbours with it; where it does not, the exception is thrown and nothing of the batch is
/// judged.
/// </remarks>
public sealed class BatchScorer(DeviceThread device, ScorerMetrics metrics, TimeProvider clock)
{
    /// <summary>Scores images; the results are in their order.</summary>
    public async Task<IReadOnlyList<ScoredImage>> ScoreAsync(IReadOnlyList<PreparedImage> images, CancellationToken cancellation) =>
        await device.RunAsync(() => Score(images), cancellation);

    private ScoredImage[] Score(IReadOnlyList<PreparedImage> images)
    {
        var results = new ScoredImage[images.Count];
        foreach (var group in Enumerable.Range(0, images.Count).GroupBy(i => images[i].Gate))
            ScoreGate(group.Key, images, [.. group], results);
        return results;
    }

    private void ScoreGate(Gate gate, IReadOnlyList<PreparedImage> images, int[] places, ScoredImage[] results)
    {
        var state = gate.Read();
        try
        {
            ScoreTogether(state, images, places, results);
        }
#pragma warning disable CA1031 // Whatever the device throws: if a blank image passes, it is about these images, not about the device.
        catch (Exception e)
#pragma warning restore CA1031
        {
            GateCatalog.Probe(gate.Backbone);
            if (places is [var alone])
            {
                metrics.DeviceFault(gate.Name, "image");
                results[alone] = new(images[alone], [], state, null) { DeviceFault = e.Message };
                return;
            }

            metrics.DeviceFault(gate.Name, "batch");
            foreach (var place in places) ScoreGate(gate, images, [place], results);
        }
    }

    private void ScoreTogether(GateState state, IReadOnlyList<PreparedImage> images, int[] places, ScoredImage[] results)
    {
        var gate = images[places[0]].Gate;
        var started = clock.GetTimestamp();
        using var features = gate.Backbone.Extract([.. places.Select(i => images[i].Pixels)]);       // [B, D]
        var values = features.data<float>().ToArray();                       // waits for the device, so that the time is its own
        var extracted = clock.GetTimestamp();
        var judgements = state.Statistics?.Judge(features);
        metrics.Stage(ScorerMetrics.Forward, clock.GetElapsedTime(started, extracted));
        metrics.Stage(ScorerMetrics.Detect, clock.GetElapsedTime(extracted));
        var length = values.Length / places.Length;
        for (var i = 0; i < places.Length; i++)
            results[places[i]] = new(
                images[places[i]], values[(i * length)..((i + 1) * length)], state, judgements?[i]);
    }
}
