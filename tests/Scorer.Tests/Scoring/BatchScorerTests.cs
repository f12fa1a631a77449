using MoodStream.Scorer;
using MoodStream.Scorer.Device;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Scoring;
using MoodStream.Scorer.Telemetry;
using Prometheus;

namespace MoodStream.ScorerTests.Scoring;

/// <summary>An image that breaks the device cannot take its neighbours with it.</summary>
public sealed class BatchScorerTests(Backbones backbones)
{
    private const int Side = 16;

    [Fact]
    public async Task ScoreAsync_OneImageBreaksTheBatch_NeighboursAreScoredAsAlone()
    {
        using var device = new DeviceThread();
        var backbone = await device.RunAsync(() => MoodStream.Mood.Vision.Backbone.Load(backbones.File), TestContext.Current.CancellationToken);
        var gate = new Gate("default", new GateSettings { Backbone = backbones.File }, backbone, TimeProvider.System);
        var scorer = new BatchScorer(device, new ScorerMetrics(Metrics.NewCustomRegistry()), TimeProvider.System);
        float[][] pixels = [Pixels(0.25f), new float[5], Pixels(-1)];
        var images = pixels.Select((p, i) => new PreparedImage(Records.Input(i, [1]), $"id-{i}", "belt-1", gate, p, [1], null)).ToArray();

        var together = await scorer.ScoreAsync(images, TestContext.Current.CancellationToken);
        var alone = await scorer.ScoreAsync([images[2]], TestContext.Current.CancellationToken);

        Assert.Equal(images, together.Select(r => r.Image));
        Assert.Equal([true, false, true], together.Select(r => r.DeviceFault is null));
        Assert.Empty(together[1].Feature);
        Assert.Equal(alone[0].Feature, together[2].Feature);
        await device.RunAsync(() => { backbone.Dispose(); return true; }, TestContext.Current.CancellationToken);
    }

    private static float[] Pixels(float value) => [.. Enumerable.Repeat(value, 3 * Side * Side)];
}
