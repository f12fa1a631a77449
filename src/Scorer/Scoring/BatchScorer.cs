using System.Runtime.InteropServices;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Localisation;
using MoodStream.Mood.Vision;
using MoodStream.Scorer.Device;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Telemetry;
using MoodStream.Streaming.Records;
using static TorchSharp.torch;

namespace MoodStream.Scorer.Scoring;

/// <summary>What the device says of one image.</summary>
/// <param name="Image">The image.</param>
/// <param name="Feature">Feature z before L2-normalisation, [D], as float16, little-endian, 2·D bytes; empty where the device failed on it.</param>
/// <param name="State">State of the gate the whole batch was judged with.</param>
/// <param name="Judgement">Score, p-value and verdict; null where the gate had no usable statistics.</param>
public sealed record ScoredImage(PreparedImage Image, byte[] Feature, GateState State, GateJudgement? Judgement)
{
    /// <summary>Whether all that the device said is a finite number.</summary>
    public bool Finite { get; init; } = true;

    /// <summary>What the device said when it failed on this image alone; null where it did not.</summary>
    public string? DeviceFault { get; init; }

    /// <summary>How far out its patches are; null where people do not look at it, or the statistics hold no patches.</summary>
    public PatchDistances? Patches { get; init; }

    /// <summary>What the device says of an image that it did not fail on.</summary>
    /// <param name="image">The image.</param>
    /// <param name="feature">Feature, [D], float32.</param>
    /// <param name="state">State of its gate.</param>
    /// <param name="judgement">Score, p-value and verdict; null without usable statistics.</param>
    public static ScoredImage Of(PreparedImage image, ReadOnlySpan<float> feature, GateState state, GateJudgement? judgement)
    {
        var (bytes, finite) = (new byte[2 * feature.Length], judgement is null or { Finite: true });
        var halves = MemoryMarshal.Cast<byte, Half>(bytes.AsSpan());
        for (var i = 0; i < feature.Length; i++)
        {
            halves[i] = (Half)feature[i];
            finite &= float.IsFinite(feature[i]);
        }

        return new(image, bytes, state, judgement) { Finite = finite };
    }
}

/// <summary>How far out the patches of one image are.</summary>
/// <param name="Map">Squared distance of each patch.</param>
/// <param name="Scale">What the colours of its heat map stand for.</param>
public sealed record PatchDistances(HeatMap Map, HeatMapScale Scale);

/// <summary>Scores a batch on the device: one forward pass for each backbone in it, whatever gates its images are of, and one gate state for each gate.</summary>
/// <remarks>
/// Gates share a backbone where file, input and preprocessing are the same: <see cref="GateCatalog"/> loads it once.
/// On failure: where the device still answers a blank image, the images of the backbone are scored again one by one, so that an image
/// that breaks it cannot take its neighbours with it; where it does not, the exception is thrown and nothing of the batch is judged.
/// </remarks>
public sealed class BatchScorer(DeviceThread device, AuditSettings audit, ScorerMetrics metrics, TimeProvider clock)
{
    /// <summary>Scores images; the results are in their order.</summary>
    public async Task<IReadOnlyList<ScoredImage>> ScoreAsync(IReadOnlyList<PreparedImage> images, CancellationToken cancellation) =>
        await device.RunAsync(() => Score(images), cancellation);

    /// <summary>The images of a batch that are of one gate.</summary>
    /// <param name="Gate">The gate.</param>
    /// <param name="State">What they are judged with.</param>
    /// <param name="Places">Where they are in the batch.</param>
    private sealed record Share(Gate Gate, GateState State, int[] Places);

    private ScoredImage[] Score(IReadOnlyList<PreparedImage> images)
    {
        var results = new ScoredImage[images.Count];
        var shares = Enumerable.Range(0, images.Count).GroupBy(i => images[i].Gate).Select(g => new Share(g.Key, g.Key.Read(), [.. g]));
        foreach (var together in shares.GroupBy(s => s.Gate.Backbone)) ScoreBackbone(together.Key, [.. together], images, results);
        return results;
    }

    private void ScoreBackbone(Backbone backbone, Share[] shares, IReadOnlyList<PreparedImage> images, ScoredImage[] results)
    {
        try
        {
            ScoreTogether(backbone, shares, images, results);
        }
#pragma warning disable CA1031 // Whatever the device throws: if a blank image passes, it is about these images, not about the device.
        catch (Exception e)
#pragma warning restore CA1031
        {
            GateCatalog.Probe(backbone);
            if (shares is [{ Places: [var alone] } one])
            {
                metrics.DeviceFault(one.Gate.Name, "image");
                results[alone] = new(images[alone], [], one.State, null) { DeviceFault = e.Message };
                return;
            }

            foreach (var share in shares)
            {
                metrics.DeviceFault(share.Gate.Name, "batch");
                foreach (var place in share.Places) ScoreBackbone(backbone, [share with { Places = [place] }], images, results);
            }
        }
    }

    private void ScoreTogether(Backbone backbone, Share[] shares, IReadOnlyList<PreparedImage> images, ScoredImage[] results)
    {
        var started = clock.GetTimestamp();
        float[][] pixels = [.. shares.SelectMany(s => s.Places).Select(i => images[i].Pixels)];
        var looked = shares.Any(s => s.State.Statistics?.Patches is not null)
            ? backbone.ExtractWithPatches(pixels)
            : (Features: backbone.Extract(pixels), Patches: (Tensor?)null);
        using var features = looked.Features;                                // [B, D], gate by gate
        using var tokens = looked.Patches;                                   // [B, P, W]
        using var rows = features.contiguous();
        var values = MemoryMarshal.Cast<byte, float>(rows.bytes);
        metrics.Stage(ScorerMetrics.Forward, clock.GetElapsedTime(started));
        var row = 0;
        foreach (var share in shares)
        {
            started = clock.GetTimestamp();
            var judgements = Judge(share, features, row);
            for (var i = 0; i < share.Places.Length; i++)
                results[share.Places[i]] = ScoredImage.Of(
                    images[share.Places[i]], values.Slice((row + i) * backbone.FeatureLength, backbone.FeatureLength), share.State, judgements?[i]);
            if (share.State.Statistics?.Patches is { } patches) AddPatches(patches, tokens!, row, share.Places, results);
            metrics.Stage(ScorerMetrics.Detect, clock.GetElapsedTime(started));
            row += share.Places.Length;
        }
    }

    /// <summary>Measures the patches of the images that people will look at; all others' tokens stay where they are.</summary>
    private void AddPatches(PatchStatistics patches, Tensor tokens, int firstRow, int[] places, ScoredImage[] results)
    {
        int[] wanted = [.. Enumerable.Range(0, places.Length).Where(i => IsLookedAt(results[places[i]]))];
        if (wanted.Length == 0) return;
        using var rows = tensor(wanted.Select(i => (long)firstRow + i).ToArray(), device: tokens.device);
        using var own = tokens.index_select(0, rows);                        // [R, P, W]
        foreach (var (i, distances) in wanted.Zip(patches.Gaussian.Distances(own)))
            results[places[i]] = results[places[i]] with { Patches = new(new HeatMap(patches.Gaussian.Grid, distances), patches.Scale) };
    }

    /// <summary>Whether it goes to review, or is drawn for audit: without a heat map that would be told by its absence.</summary>
    private bool IsLookedAt(ScoredImage scored) => scored.Judgement is { Finite: true } judged
        && (!judged.Accepted || audit.Draws(scored.Image.ImageId));

    private static IReadOnlyList<GateJudgement>? Judge(Share share, Tensor features, int firstRow)
    {
        if (share.State.Statistics is not { } statistics) return null;
        using var rows = features.narrow(0, firstRow, share.Places.Length);
        return statistics.Judge(rows);
    }
}
