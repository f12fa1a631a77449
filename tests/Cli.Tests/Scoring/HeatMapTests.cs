using System.Text.Json;
using MoodStream.Cli.LineCamera;
using MoodStream.Cli.Terminal;
using MoodStream.CliTests.Terminal;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Localisation;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;
using ImageEncoder = MoodStream.Mood.Imaging.ImageEncoder;

namespace MoodStream.CliTests.Scoring;

/// <summary>Heat maps and the localisation protocol on a small backbone with random weights.</summary>
[Collection(nameof(TheConsole))]
public sealed class HeatMapTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;

    public HeatMapTests()
    {
        random.manual_seed(11);
        using var encoder = new VisionTransformer(
            new VitConfig { ImageSize = 16, PatchSize = 4, Width = 16, Depth = 1, Heads = 2,
                Positions = PositionEmbedding.SineCosine });
        encoder.InitialiseAsMae();
        Backbone.Save(In("backbone"), encoder, new PreprocessingRecipe { Resize = new ResizeRule.Exact(16, 16) },
            "a test");
        using var camera = new SimulatedLineCamera(5, 64);
        for (var i = 0; i < 60; i++) Write($"train/{i:D2}.jpg", camera.Next(null).Jpeg);
        for (var i = 0; i < 6; i++) Write($"test/good/{i:D2}.jpg", camera.Next(null).Jpeg);
        for (var i = 0; i < 6; i++) Patched(
            $"test/patched/{i:D2}.png", $"truth/patched/{i:D2}_mask.png", camera.Next(null).Jpeg);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("pooled")]
    [InlineData("position-centred")]
    [InlineData("per-position")]
    public async Task Score_HeatMaps_MirrorTheFolderAndKeepTheImagesSize(string kind)
    {
        var fit = await RunAsync("fit", "--id", In("train"), "--out", In("s"), "--patches", "--patch-gaussian", kind);
        Assert.True(fit.Exit == 0, fit.Error);
        var score = await RunAsync("score", "--statistics", In("s"), "--images", In("test"), "--csv", In("o.csv"),
            "--heatmaps", In("maps"));
        Assert.True(score.Exit == 0, score.Error);
        var written = Directory.GetFiles(In("maps"), "*", SearchOption.AllDirectories);
        Assert.Equal(12, written.Length);
        var map = ImageDecoder.Decode(
            await File.ReadAllBytesAsync(In("maps/patched/00.png.png"), TestContext.Current.CancellationToken),
                DecodeSettings.Default).Image!;
        Assert.Equal((64 + HeatMapOverlay.Gap + HeatMapOverlay.BarWidth, 64), (map.Width, map.Height));
    }

    [Fact]
    public async Task Score_HeatMapsWithoutPatchStatistics_SaysHowToGetThem()
    {
        await RunAsync("fit", "--id", In("train"), "--out", In("s"));
        var (exit, _, error) = await RunAsync(
            "score", "--statistics", In("s"), "--images", In("test"), "--csv", In("o.csv"), "--heatmaps", In("maps"));
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("mood fit --patches", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_HeatMapsAmongTheImages_AreRefused()
    {
        await RunAsync("fit", "--id", In("train"), "--out", In("s"), "--patches");
        var (exit, _, error) = await RunAsync(
            "score", "--statistics", In("s"), "--images", In("test"), "--csv", In("o.csv"), "--heatmaps",
                In("test/maps"));
        Assert.Equal(ExitCode.WrongUsage, exit);
        Assert.Contains("lies inside", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_Localisation_HasARowForEachMapAndFindsAWhitePatch()
    {
        var (exit, output, error) = await RunAsync(
            "evaluate", "--protocol", "localisation", "--id-train", In("train"), "--test", In("test"), "--ground-truth",
                In("truth"),
            "--heatmaps", In("maps"), "--json", In("r.json"));
        Assert.True(exit == 0, error);
        Assert.Contains("chance", output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(
            await File.ReadAllBytesAsync(In("r.json"), TestContext.Current.CancellationToken));
        var rows = json.RootElement.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(
            ["pooled", "position-centred", "per-position", "grey-distance", "grey-difference"],
            rows.Select(r => r.GetProperty("map").GetString()!));
        Assert.All(rows, r => Assert.InRange(r.GetProperty("pro").GetDouble(), 0, 1));
        Assert.True(rows[1].GetProperty("pixel_auroc").GetDouble() > 0.7, output);
        Assert.Equal((6, 6, 6), (Count("n_id"), Count("n_ood"), Count("regions")));
        Assert.Equal(12, Directory.GetFiles(In("maps"), "*.png", SearchOption.AllDirectories).Length);

        int Count(string name) => json.RootElement.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Evaluate_LocalisationWithAMissingMask_NamesIt()
    {
        File.Delete(In("truth/patched/03_mask.png"));
        var (exit, _, error) = await RunAsync(
            "evaluate", "--protocol", "localisation", "--id-train", In("train"), "--test", In("test"), "--ground-truth",
                In("truth"));
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("03_mask.png", error, StringComparison.Ordinal);
    }

    private Task<(int Exit, string Output, string Error)> RunAsync(params string[] args) =>
        InProcess.RunAsync([.. args, "--backbone", In("backbone")]);

    private string In(string name) => Path.Combine(_folder, name);

    private void Patched(string name, string mask, byte[] jpeg)
    {
        var image = ImageDecoder.Decode(jpeg, DecodeSettings.Default).Image!;
        var (drawn, marked) = (image.Pixels.ToArray(), new byte[image.Pixels.Length]);
        for (var y = 16; y < 32; y++)
        {
            var at = (y * image.Width + 16) * RgbImage.Channels;
            drawn.AsSpan(at, 16 * RgbImage.Channels).Fill(255);
            marked.AsSpan(at, 16 * RgbImage.Channels).Fill(255);
        }
        Write(name, ImageEncoder.Png(new RgbImage(image.Width, image.Height, drawn)));
        Write(mask, ImageEncoder.Png(new RgbImage(image.Width, image.Height, marked)));
    }

    private void Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        File.WriteAllBytes(In(name), bytes);
    }
}
