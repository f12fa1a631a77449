using MoodStream.Bench.Driver;
using MoodStream.Bench.Latency;
using MoodStream.Bench.Pipeline;

namespace MoodStream.BenchTests.Pipeline;

/// <summary>A whole gate in small: the benchmarks' measuring, with a scorer in a process of its own.</summary>
public sealed class GateUnderLoadTests
{
    [Fact]
    public async Task Measure_TinyBackbone_GivesEveryFigureOfTheTable()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var tiny = new TinyGate();
        await using var gate = await GateUnderLoad.StartAsync(tiny.Plan with { Gates = ["another"] }, TimeProvider.System, cancellation);
        gate.Load.SourceOf = image => image % 2 == 0 ? "line" : "another";
        await using var bare = await BareForward.LoadAsync(tiny.Model, gate.Load.Frames, cancellation);

        var figures = await PipelineFigures.MeasureAsync(gate, tiny.Model, bare, rounds: 1, seconds: 1e-9, cancellation);
        Assert.Equal(16, figures.Images);
        Assert.Equal(0, figures.LargestDifference, precision: 3);
        Assert.True(figures.ImagesPerSecond.Median > 0 && figures.AllocatedPerImage.Median > 0 && gate.PeakMiB > 50);
        Assert.All(figures.Stages, stage => Assert.True(stage.Value > 0, stage.Key));

        // Verdicts of so few images may come in one fetch, which tells of no rate: latencies are measured at one that every machine keeps up with.
        var calm = figures with { Times = figures.Times with { OursSeconds = Spread.Of([figures.Images / 20.0]) } };
        var latency = await LatencyFigures.MeasureAsync(gate, tiny.Model, bare, calm, rounds: 2, seconds: 1, seed: 5, cancellation);
        Assert.All(latency.Figures(), figure => Assert.True(figure.Value > 0, figure.Key));
        Assert.Equal(2, latency.Rounds.Count);
        Assert.Equal(latency.Rounds.Max(r => Percentile.Of(r.Steady, 0.99) / r.SecondsOfOne), latency.Rows()[0].RatioHigh, precision: 9);

        Assert.True(await gate.ColdStartAsync(cancellation) > 0);
        Assert.Equal(gate.Load.Put, gate.Tape.Count);
    }
}
