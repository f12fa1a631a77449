using System.Text.Json;
using System.Text.RegularExpressions;
using MoodStream.Cli.Terminal;
using MoodStream.CliTests.Terminal;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.CliTests.Evaluation;

/// <summary>The protocols, the report and the cache of <c>mood evaluate</c>, on drawn images and a small backbone with random
/// weights.</summary>
[Collection(nameof(TheConsole))]
public sealed class EvaluateTests : IDisposable
{
    private const int Side = 16;
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;

    public EvaluateTests()
    {
        random.manual_seed(3);
        SaveBackbone("small.safetensors", depth: 1);
        SaveBackbone("deeper.safetensors", depth: 2);
        for (var c = 0; c < 3; c++)
        {
            Draw("train", c, 20, seed: 1);
            Draw("test", c, 8, seed: 2);
        }
        Draw("ood", 3, 12, seed: 3);
        Draw("ood", 4, 12, seed: 4);
    }

    [Fact]
    public async Task MultiClass_AllDetectors_EachHasARowOrAReason()
    {
        var result = await EvaluateAsync("--id-test", Path("test"), "--ood", $"drawn={Path("ood")}", "--report", Path("r.html"));
        var rows = result.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("detector").GetString()!).ToArray();
        var skipped = result.GetProperty("skipped").EnumerateArray().Select(r => r.GetProperty("detector").GetString()!).ToArray();
        Assert.Equal(DetectorRegistry.All.Select(d => d.Name).Order(), rows.Concat(skipped).Order());
        Assert.Contains("energy", rows);                                        // by a probe: the backbone has no classifier
        Assert.All(result.GetProperty("results").EnumerateArray(), r =>
        {
            Assert.InRange(r.GetProperty("auroc").GetDouble(), r.GetProperty("auroc_low").GetDouble(), r.GetProperty("auroc_high").GetDouble());
            Assert.InRange(r.GetProperty("fpr_at_95_tpr_ood_positive").GetDouble(), 0, 1);
        });

        var page = await File.ReadAllTextAsync(Path("r.html"), TestContext.Current.CancellationToken);
        Assert.DoesNotMatch(new Regex("(src|href)=\"(?!data:)"), page);
        Assert.Matches(new Regex("src=\"data:image/svg"), page);
        Assert.Matches(new Regex("src=\"data:image/png"), page);
        Assert.All(rows, detector => Assert.Contains($"<td>{detector}</td>", page, StringComparison.Ordinal));
        Assert.Contains("(published)", page, StringComparison.Ordinal);
        Assert.Contains(result.GetProperty("data")[0].GetProperty("hash").GetString()!, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cache_SecondRun_GivesTheSameRowsAndWritesNothing()
    {
        string[] arguments = ["--id-test", Path("test"), "--ood", $"drawn={Path("ood")}", "--detectors", "mahalanobis++,pixels"];
        var first = await EvaluateAsync(arguments);
        var kept = Directory.GetFiles(Path("cache")).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Assert.Equal(3, kept.Count);
        var second = await EvaluateAsync(arguments);
        Assert.Equal(first.GetProperty("results").GetRawText(), second.GetProperty("results").GetRawText());
        Assert.All(kept, f => Assert.Equal(f.Value, File.GetLastWriteTimeUtc(f.Key)));
    }

    [Fact]
    public async Task Cache_DamagedFile_IsMadeAnew()
    {
        string[] arguments = ["--id-test", Path("test"), "--ood", $"drawn={Path("ood")}", "--detectors", "mahalanobis++"];
        var first = await EvaluateAsync(arguments);
        foreach (var file in Directory.GetFiles(Path("cache"))) await File.WriteAllBytesAsync(file, [1, 2, 3], TestContext.Current.CancellationToken);
        var second = await EvaluateAsync(arguments);
        Assert.Equal(first.GetProperty("results").GetRawText(), second.GetProperty("results").GetRawText());
    }

    [Fact]
    public async Task Backbones_Two_HaveRowsEachOnTheSameImages()
    {
        var result = await EvaluateAsync("--id-test", Path("test"), "--ood", $"drawn={Path("ood")}", "--detectors", "mahalanobis++",
            "--backbone", $"other={Path("deeper.safetensors")}");
        Assert.Equal(["small", "other"], result.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("backbone").GetString()));
        Assert.Equal(2, result.GetProperty("backbones").EnumerateArray().Select(b => b.GetProperty("model_hash").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Pooling_Several_AreComparedOnTheSameImages()
    {
        var result = await EvaluateAsync("--id-test", Path("test"), "--ood", $"drawn={Path("ood")}", "--detectors", "mahalanobis++",
            "--pooling", "all", "--report", Path("r.html"));
        Assert.Equal(
            [("small/class-token", "class-token"), ("small/mean", "mean"), ("small/fc-norm", "fc-norm"), ("small/class-token+mean", "class-token+mean")],
            result.GetProperty("backbones").EnumerateArray().Select(b => (b.GetProperty("name").GetString(), b.GetProperty("pooling").GetString())));
        Assert.Equal(
            ["small/class-token@4", "small/mean@4"],                            // the backbone has one block
            result.GetProperty("skipped").EnumerateArray().Select(s => s.GetProperty("backbone").GetString()));
        var page = await File.ReadAllTextAsync(Path("r.html"), TestContext.Current.CancellationToken);
        Assert.Contains("Backbones beside each other", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detectors_Paper_AreThoseOfItsTable()
    {
        var result = await EvaluateAsync("--id-test", Path("test"), "--ood", $"drawn={Path("ood")}", "--detectors", "paper");
        Assert.Equal(
            ["msp", "entropy", "energy", "gradnorm", "mood-parity"],
            result.GetProperty("mean").EnumerateArray().Select(m => m.GetProperty("detector").GetString()));
    }

    [Fact]
    public async Task NearOod_Splits_HaveARowEach()
    {
        var result = await EvaluateAsync("--protocol", "near-ood", "--id-test", Path("test"), "--splits", "3", "--held-out", "1",
            "--detectors", "mahalanobis++,energy,pixels");
        Assert.Equal(9, result.GetProperty("results").GetArrayLength());
        Assert.All(result.GetProperty("results").EnumerateArray(), r => Assert.Equal((16, 8), (r.GetProperty("n_id").GetInt32(), r.GetProperty("n_ood").GetInt32())));
        Assert.All(result.GetProperty("results").EnumerateArray(), r => Assert.Contains(
            r.GetProperty("held_out")[0].GetString()!, r.GetProperty("ood").GetString(), StringComparison.Ordinal));
        Assert.Equal(3, result.GetProperty("mean")[0].GetProperty("over").GetArrayLength());
    }

    [Fact]
    public async Task OutlierExposure_Shown_StandBesideDetectorsOnTheSameImages()
    {
        var result = await EvaluateAsync("--protocol", "outlier-exposure", "--id-test", Path("test"), "--ood", $"drawn={Path("ood")}",
            "--splits", "2", "--shown", "1,3", "--detectors", "mahalanobis++");
        Assert.Equal(
            ["mahalanobis++", "outlier-exposure(1)", "outlier-exposure(3)"],
            result.GetProperty("mean").EnumerateArray().Select(m => m.GetProperty("detector").GetString()));
        Assert.All(result.GetProperty("results").EnumerateArray(), r => Assert.Equal(18, r.GetProperty("n_ood").GetInt32()));
    }

    [Theory]
    [InlineData("needs logits", "--protocol", "one-class", "--detectors", "energy")]
    [InlineData("no classifier of its own", "--detectors", "energy", "--classifier", "own", "--ood", "x=OOD")]
    [InlineData("at least one --ood", "--protocol", "multi-class")]
    [InlineData("leave --ood out", "--protocol", "near-ood", "--ood", "x=OOD")]
    [InlineData("--pooling has 'cls'", "--ood", "x=OOD", "--pooling", "cls")]
    [InlineData("takes 9 blocks", "--ood", "x=OOD", "--pooling", "mean@9")]
    [InlineData("which CIFAR-100 does not have", "--protocol", "one-class", "--superclasses")]
    [InlineData("--datasets-root DIR, or set", "--ood", "svhn")]
    [InlineData("--shown has 'many'", "--protocol", "outlier-exposure", "--ood", "x=OOD", "--shown", "many")]
    [InlineData("--bootstrap is 1", "--bootstrap", "1", "--ood", "x=OOD")]
    [InlineData("Two OOD sets are called x", "--ood", "x=OOD", "--ood", "x=OOD")]
    [InlineData("known are multi-class", "--protocol", "none-such")]
    public async Task Evaluate_WhatCannotBe_IsRefusedInOneLine(string expected, params string[] arguments)
    {
        var (exit, _, error) = await InProcess.RunAsync(
            [.. Common, "--id-test", Path("test"), .. arguments.Select(a => a.Replace("OOD", Path("ood"), StringComparison.Ordinal))]);
        Assert.NotEqual(ExitCode.Ok, exit);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string[] Common =>
        ["evaluate", "--backbone", Path("small.safetensors"), "--id-train", Path("train"), "--cache", Path("cache")];

    private async Task<JsonElement> EvaluateAsync(params string[] arguments)
    {
        var (exit, _, error) = await InProcess.RunAsync([.. Common, .. arguments, "--json", Path("r.json")]);
        Assert.True(exit == ExitCode.Ok, error);
        using var result = JsonDocument.Parse(await File.ReadAllBytesAsync(Path("r.json"), TestContext.Current.CancellationToken));
        return result.RootElement.Clone();
    }

    private string Path(string name) => System.IO.Path.Combine(_folder, name);

    private void SaveBackbone(string name, int depth)
    {
        using var encoder = new VisionTransformer(new VitConfig
        {
            ImageSize = Side, PatchSize = 4, Width = 12, Depth = depth, Heads = 2, Positions = PositionEmbedding.SineCosine,
        });
        encoder.InitialiseAsMae();
        Backbone.Save(Path(name), encoder, new PreprocessingRecipe { Resize = new ResizeRule.Exact(Side, Side) }, "a test");
    }

    /// <summary>Noise around a colour of the class.</summary>
    private void Draw(string set, int colour, int count, int seed)
    {
        var chance = new Random(100 * seed + colour);
        var folder = Directory.CreateDirectory(Path($"{set}/class-{colour}")).FullName;
        for (var i = 0; i < count; i++)
        {
            var pixels = new byte[Side * Side * 3];
            for (var p = 0; p < pixels.Length; p++)
                pixels[p] = (byte)((p % 3 == colour % 3 ? 150 + 20 * (colour / 3) : 70) + chance.Next(60));
            File.WriteAllBytes(System.IO.Path.Combine(folder, $"{i:D2}.png"), MoodStream.Mood.Imaging.ImageEncoder.Png(new RgbImage(Side, Side, pixels)));
        }
    }
}
