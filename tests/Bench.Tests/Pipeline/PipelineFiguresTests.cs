using System.Diagnostics;
using System.Text;
using MoodStream.Bench.Driver;
using MoodStream.Bench.Pipeline;
using MoodStream.Bench.Rig;

namespace MoodStream.BenchTests.Pipeline;

/// <summary>What the benchmark of a whole gate makes of arrivals and scores, worked out by hand.</summary>
public sealed class PipelineFiguresTests
{
    [Fact]
    public void SteadySeconds_SlowFirstBatch_CountsTheRateAfterIt()
    {
        // Two images arrive after 10 s of filling, then one a second: six images take six seconds at that rate.
        long[] arrivals = [.. new[] { 9, 10, 11, 12, 13, 14 }.Select(s => s * Stopwatch.Frequency)];
        Assert.Equal(6, GateUnderLoad.SteadySeconds(arrivals, first: 2), precision: 9);
    }

    [Theory]
    [InlineData(8, 0.01, 32, 800)]
    [InlineData(8, 1.0, 8, 32)]
    [InlineData(8, 1e-6, 32, 1_472)]
    public void ImagesOf_SecondsOfARound_AreWholeBatchesWithinBounds(double seconds, double ofImage, int batch, int expected) =>
        Assert.Equal(expected, PipelineFigures.ImagesOf(seconds, ofImage, batch));

    [Fact]
    public void ImagesPerSecond_Rounds_AreTheImagesOverTheirSeconds()
    {
        var figures = new PipelineFigures("model", 100, PairedFigures.Of([2, 4, 5], [1, 2, 4]), Spread.Of([0]), 0) { Stages = new Dictionary<string, double>() };
        Assert.Equal([50, 25, 20], figures.ImagesPerSecond.Figures);
        Assert.Equal([0.5, 0.5, 0.8], figures.Times.Ratio.Figures);
    }

    [Fact]
    public void LargestDifference_ScoresOfFrames_IsRelative()
    {
        double[] right = [.. Enumerable.Repeat(10.0, FrameLoad.FrameCount)];
        Assert.Equal(0.2, PipelineFigures.LargestDifferenceOf([Verdict(0, "10"), Verdict(FrameLoad.FrameCount + 1, "12")], right), precision: 12);
    }

    [Fact]
    public void LargestDifference_DeadLetter_IsInfinite() =>
        Assert.Equal(double.PositiveInfinity, PipelineFigures.LargestDifferenceOf([new(0, "bench-00000000", [0xFF, 0xD8])], new double[FrameLoad.FrameCount]));

    private static TapedVerdict Verdict(int image, string score) => new(0, $"bench-{image:D8}", Encoding.UTF8.GetBytes($$"""{"score":{{score}}}"""));
}
