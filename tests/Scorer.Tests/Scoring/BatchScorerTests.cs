using MoodStream.Scorer;
using MoodStream.Scorer.Device;
using MoodStream.Scorer.Gates;
using MoodStream.Scorer.Intake;
using MoodStream.Scorer.Scoring;
using MoodStream.Scorer.Telemetry;
using MoodStream.Streaming.Records;
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
        var scorer = new BatchScorer(device, new AuditSettings(), new ScorerMetrics(Metrics.NewCustomRegistry()), TimeProvider.System);
        float[][] pixels = [Pixels(0.25f), new float[5], Pixels(-1)];
        var images = pixels.Select((p, i) => new PreparedImage(Records.Input(i, [1]), $"id-{i}", "belt-1", gate, p, null) { Size = (Side, Side) }).ToArray();

        var together = await scorer.ScoreAsync(images, TestContext.Current.CancellationToken);
        var alone = await scorer.ScoreAsync([images[2]], TestContext.Current.CancellationToken);

        Assert.Equal(images, together.Select(r => r.Image));
        Assert.Equal([true, false, true], together.Select(r => r.DeviceFault is null));
        Assert.Empty(together[1].Feature);
        Assert.Equal(alone[0].Feature, together[2].Feature);
        await device.RunAsync(() => { backbone.Dispose(); return true; }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ScoreAsync_GatesThatShareABackbone_OneForwardAndEachItsOwnStatistics()
    {
        using var device = new DeviceThread();
        var cancellation = TestContext.Current.CancellationToken;
        var backbone = await device.RunAsync(() => MoodStream.Mood.Vision.Backbone.Load(backbones.File), cancellation);
        var registry = Metrics.NewCustomRegistry();
        var scorer = new BatchScorer(device, new AuditSettings(), new ScorerMetrics(registry), TimeProvider.System);
        Gate[] gates = [.. new[] { "first", "second", "third" }.Select(
            name => new Gate(name, new GateSettings { Backbone = backbones.File }, backbone, TimeProvider.System))];
        for (var i = 0; i < 2; i++) gates[i].Replace(new(i + 1, MoodStream.Mood.Gates.GateStatistics.Read(backbones.Statistics), null));
        PreparedImage[] images = [.. Enumerable.Range(0, 9).Select(i =>
            new PreparedImage(Records.Input(i, [1]), $"id-{i}", "belt-1", gates[i % 3], Pixels(i / 9f), null) { Size = (Side, Side) })];

        var together = await scorer.ScoreAsync(images, cancellation);

        Assert.Equal(1, await ForwardsAsync(registry));
        Assert.Equal(images, together.Select(r => r.Image));
        Assert.Equal([1L, 2L, 0L, 1L, 2L, 0L, 1L, 2L, 0L], together.Select(r => r.State.Version));
        foreach (var (image, result) in images.Zip(together))
        {
            var alone = (await scorer.ScoreAsync([image], cancellation))[0];
            Assert.Equal(Records.Halves(alone.Feature), Records.Halves(result.Feature), (a, b) => Math.Abs((double)(a - b)) < 1e-3);
            Assert.Equal(alone.Judgement?.Score ?? -1, result.Judgement?.Score ?? -1, 1e-3);
            Assert.Equal(image.Gate == gates[2], result.Judgement is null);
        }
        await device.RunAsync(() => { backbone.Dispose(); return true; }, cancellation);
    }

    private static async Task<int> ForwardsAsync(CollectorRegistry registry)
    {
        using var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        var line = System.Text.Encoding.UTF8.GetString(text.ToArray()).Split('\n')
            .Single(l => l.StartsWith("moodstream_scorer_stage_duration_seconds_count{stage=\"forward\"}", StringComparison.Ordinal));
        return int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static float[] Pixels(float value) => [.. Enumerable.Repeat(value, 3 * Side * Side)];
}
