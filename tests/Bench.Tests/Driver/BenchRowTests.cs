using System.Text.Json;
using MoodStream.Bench.Driver;

namespace MoodStream.BenchTests.Driver;

/// <summary>Rows against what they must reach, worked out by hand.</summary>
public sealed class BenchRowTests
{
    private static readonly BenchMachine Machine = new("a processor", 2, 2, "a system", ".NET", "libtorch");

    [Theory]
    [InlineData(4.0, 0.8, true)]
    [InlineData(5.0, 1.0, true)]
    [InlineData(6.0, 1.2, false)]
    public void OfLimit_AimBelowMust_SmallerIsBetter(double seconds, double ratio, bool met)
    {
        var row = BenchRow.OfLimit("start", "s", Spread.Of([seconds]), must: 5, aim: 2);
        Assert.Equal((5.0, ratio, 1.0, 0.4, Better.Lower, met), (row.Peer, row.Ratio, row.Must, row.Aim, row.Better, row.Met));
    }

    [Theory]
    [InlineData(800.0, 2.0, true)]
    [InlineData(300.0, 0.75, false)]
    public void OfLimit_AimAboveMust_LargerIsBetter(double rate, double ratio, bool met)
    {
        var row = BenchRow.OfLimit("gate", "images/s", Spread.Of([rate]), must: 400, aim: 1_500);
        Assert.Equal((400.0, ratio, 1.0, 3.75, Better.Higher, met), (row.Peer, row.Ratio, row.Must, row.Aim, row.Better, row.Met));
    }

    [Fact]
    public void OfShare_OursOverThePeers_MayBeAsMuchAsMust()
    {
        var row = BenchRow.OfShare("p99", "s", ours: [0.3, 0.9, 0.6], peer: [0.2, 0.2, 0.2], must: 3, aim: 1.8);
        Assert.Equal((1.5, 3.0, 4.5), (Math.Round(row.RatioLow, 12), Math.Round(row.Ratio, 12), Math.Round(row.RatioHigh, 12)));
        Assert.True((row with { Rounds = [new(0.6, 0.2, Ratio: 3)] }).Met);
        Assert.False((row with { Rounds = [new(0.6, 0.2, Ratio: 3.01)] }).Met);
    }

    [Fact]
    public void With_AnotherRun_IsTheMedianOverTheRoundsOfBoth()
    {
        var (first, again) = (PairedFigures.Of(ours: [4, 4, 4], peer: [4, 8, 4]), PairedFigures.Of(ours: [4, 4], peer: [12, 16]));
        var both = BenchRow.Of("decoding", first, must: 2, aim: 4).With(BenchRow.Of("decoding", again, must: 2, aim: 4));
        Assert.Equal((8.0, 1.0, 2.0, 4.0, true), (both.Peer, both.RatioLow, both.Ratio, both.RatioHigh, both.Met));
    }

    [Fact]
    public void With_AnotherReport_KeepsTheFiguresOfBoth()
    {
        var report = Report(seconds: 6, figure: 1).With(Report(seconds: 2, figure: 2));
        Assert.Equal([6, 2], report.Rows[0].Rounds.Select(r => r.Ours));
        Assert.True(report.Rows[0].Met);
        Assert.Equal(new Dictionary<string, double> { ["x"] = 1, ["again_x"] = 2 }, report.Figures);

        static BenchReport Report(double seconds, double figure) =>
            new(Machine, [BenchRow.OfLimit("start", "s", Spread.Of([seconds]), must: 5, aim: 2)], new Dictionary<string, double> { ["x"] = figure });
    }

    [Fact]
    public void Json_RowWithoutAim_HoldsEveryFieldOfTheTable()
    {
        var report = new BenchReport(Machine, [new BenchRow("row", "s", [new(1, 2, 2)], Must: 1.5, Aim: null)]);
        var json = JsonSerializer.SerializeToElement(report, BenchJson.Default.BenchReport).GetProperty("rows")[0];
        foreach (var field in new[] { "name", "unit", "ours", "peer", "ratio", "must", "aim", "met" }) Assert.True(json.TryGetProperty(field, out _), field);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("aim").ValueKind);
        Assert.Equal("higher", json.GetProperty("better").GetString());
        Assert.True(json.GetProperty("met").GetBoolean());
        Assert.Equal(report.Rows[0].Ratio, json.Deserialize(BenchJson.Default.BenchRow)!.Ratio);
    }

    [Fact]
    public void Markdown_RowsAndThoseNotMeasured_AreLinesOfOneTable()
    {
        var report = new BenchReport(Machine, [BenchRow.OfLimit("start", "s", Spread.Of([6]), must: 5, aim: 2)])
        {
            NotMeasured = [new UnmeasuredRow("forward", "images/s", 7_000, 9_000, "there is no GPU"), UnmeasuredRow.Of("decode", "there is no Pillow")],
        };
        var lines = BenchText.Markdown(report).Split(Environment.NewLine);
        Assert.Contains("| start | 6 s | 5 s | 1.2, from 1.2 to 1.2 | ≤ 1× | ≤ 0.4× | **missed** |", lines);
        Assert.Contains("| forward | – | – | – | 7000 images/s | 9000 images/s | not measured: there is no GPU |", lines);
        Assert.Contains("| decode | – | – | – | – | – | not measured: there is no Pillow |", lines);
    }

    [Fact]
    public void Missed_OneRowOfTwo_IsNamedWithItsRatioAndBound()
    {
        var (met, missed) = (BenchRow.OfLimit("memory", "MiB", Spread.Of([1]), must: 2, aim: 1), BenchRow.OfLimit("start", "s", Spread.Of([6]), must: 5, aim: 2));
        Assert.Equal("missed: start: 1.2, must be ≤ 1×", BenchText.Missed(new(Machine, [met, missed])));
        Assert.Null(BenchText.Missed(new(Machine, [met])));
    }
}
