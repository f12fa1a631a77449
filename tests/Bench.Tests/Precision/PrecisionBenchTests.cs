using MoodStream.Bench.Precision;

namespace MoodStream.BenchTests.Precision;

public sealed class PrecisionBenchTests
{
    [Fact]
    public void RowOf_SeveralSets_IsTheLargestDifferenceInEitherDirection()
    {
        var (row, figures) = PrecisionBench.RowOf(
            new Dictionary<string, double> { ["near"] = 0.60, ["far"] = 0.94 }, new Dictionary<string, double> { ["near"] = 0.601, ["far"] = 0.938 });
        Assert.Equal(0.002, row.Ours, precision: 12);
        Assert.Equal((0.003, true), (row.Peer, row.Met));
        Assert.Equal(0.938, figures["auroc_bf16_far"]);
    }
}
