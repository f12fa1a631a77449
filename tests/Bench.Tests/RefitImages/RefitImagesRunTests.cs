using System.Text.Json;
using MoodStream.Bench.RefitImages;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Refit;
using MoodStream.Mood.Vision;
using MoodStream.TestKit;

namespace MoodStream.BenchTests.RefitImages;

public sealed class RefitImagesRunTests
{
    /// <summary>A class and seed that no figure in the handbook is of.</summary>
    private static readonly RefitImagesPlan Small = new(
        Seed: 99, Promised: 0.1, new StreamPhases(First: 500, Before: 200, Learned: 450, After: 200), Classes: [3], [PixelShift.All[0]]);

    [Fact]
    public void Run_OneClassOfRealImages_GoesThroughTheRefitAndItsGuards()
    {
        var result = Run(Small);
        var gate = Assert.Single(Assert.Single(result.Shifts).Gates);
        Assert.All(gate.RefusedBy, r => Assert.Contains(r, RefitGuards.Names.Append("calibration_too_small")));
        Assert.Equal(gate.RefusedBy.Count == 0 || gate.ApprovedByPerson, gate.Activated);
        Assert.Equal(gate.Activated, gate.WithLow is not null);
        if (!gate.Activated) Assert.Equal(gate.Without, gate.With);
        Assert.Equal((200, 200, 200), (gate.Before.Images, gate.Without.Images, gate.With.Images));
        Assert.Equal(gate.ImagesToAlarm is null, gate.AlarmBy is null);
        var json = JsonSerializer.SerializeToElement(result, RefitImagesJson.Default.RefitImagesResult);
        Assert.Equal(gate.With.Rate, json.GetProperty("shifts")[0].GetProperty("with").GetProperty("rate").GetDouble());
    }

    [Fact]
    public void Run_MoreImagesThanAClassHas_IsRefused() =>
        Assert.Contains("class 3", Assert.Throws<CliException>(() => Run(Small with { Phases = new StreamPhases(First: 5000) })).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 20, 0, 0.1684)]
    [InlineData(5, 100, 0.0164, 0.1128)]
    [InlineData(20, 20, 0.8316, 1)]
    public void AlarmRate_Counts_HaveTheIntervalOfClopperAndPearson(int alarms, int images, double low, double high)
    {
        var rate = AlarmRate.Of(alarms, images);
        Assert.Equal(low, rate.Low, 4);
        Assert.Equal(high, rate.High, 4);
    }

    [Fact]
    public void Apply_FlatImage_IsDarkenedAndElseTheSame()
    {
        var flat = new RgbImage(4, 4, [.. Enumerable.Repeat((byte)100, 48)]);
        Assert.All(PixelShift.All[0].Apply(flat).Pixels, p => Assert.Equal(80, p));
        Assert.Equal(flat.Pixels, PixelShift.All.Single(s => s.Name == "blur").Apply(flat).Pixels);
    }

    private static RefitImagesResult Run(RefitImagesPlan plan)
    {
        var folder = SharedFiles.Require("data", "cifar10");
        using var backbone = Backbone.Load(BackboneFile.DefaultPath);
        var images = CifarBinary.Open([Path.Combine(folder, "train10k.bin"), Path.Combine(folder, "test.bin")]);
        return RefitImagesRun.Run(plan, images, backbone, TestContext.Current.CancellationToken);
    }
}
