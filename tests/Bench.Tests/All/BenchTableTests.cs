using MoodStream.Bench.All;
using MoodStream.Bench.Driver;

namespace MoodStream.BenchTests.All;

public sealed class BenchTableTests
{
    private static readonly BenchMachine Machine = new("a processor", 2, 2, "a system", ".NET", "libtorch");

    [Fact]
    public void Parts_NoImagesAndNoGpu_LeaveThoseOut()
    {
        string[] verbs = [.. BenchTable.Parts(3, 1, [], [], images: [], gpu: false).Select(p => p.Arguments[0])];
        Assert.Equal(["forward", "pipeline", "pipeline", "decode", "detect-share", "latency"], verbs);
        var all = BenchTable.Parts(3, 1, [], [], images: ["--id-train", "x"], gpu: true);
        Assert.Equal(8, all.Count);
        Assert.Equal(all.Count, all.Select(p => p.Name).Distinct().Count());
    }

    [Fact]
    public void Join_Reports_KeepsRowsInOrderAndNamesFiguresByTheirPart()
    {
        var joined = BenchTable.Join(
            [("a", Report("first", 1)), ("b", Report("second", 2))], BenchTable.GpuRows);
        Assert.Equal(["first", "second"], joined.Rows.Select(r => r.Name));
        Assert.Equal(new Dictionary<string, double> { ["a_x"] = 1, ["b_x"] = 2 }, joined.Figures);
        Assert.Equal(2, joined.NotMeasured!.Count);
    }

    private static BenchReport Report(string row, double figure) =>
        new(Machine, [new BenchRow(row, "s", [new(1, 1, 1)], 1, 1)], new Dictionary<string, double> { ["x"] = figure });
}
