using System.Globalization;
using System.Text.Json;
using MoodStream.Cli.LineCamera;
using MoodStream.Cli.Terminal;
using MoodStream.CliTests.Terminal;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.CliTests.Scoring;

/// <summary>The offline verbs on a small backbone with random weights and frames of the simulated camera.</summary>
[Collection(nameof(TheConsole))]
public sealed class FitScoreEvaluateTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;
    private readonly string _backbone;

    public FitScoreEvaluateTests()
    {
        _backbone = Path.Combine(_folder, "backbone.safetensors");
        random.manual_seed(11);
        using var encoder = new VisionTransformer(new VitConfig { ImageSize = 16, PatchSize = 4, Width = 16, Depth = 1, Heads = 2, Positions = PositionEmbedding.SineCosine });
        encoder.InitialiseAsMae();
        Backbone.Save(_backbone, encoder, new PreprocessingRecipe { Resize = new ResizeRule.Exact(16, 16) }, "a test");
        using var camera = new SimulatedLineCamera(5, 64);
        for (var i = 0; i < 60; i++) Write($"good/{i:D2}.jpg", camera.Next(null).Jpeg);
        for (var i = 0; i < 10; i++) Write($"test/good/{i:D2}.jpg", camera.Next(null).Jpeg);
        for (var i = 0; i < 10; i++) Write($"test/dark/{i:D2}.jpg", camera.Next(Defect.LampFailure).Jpeg);
    }

    [Fact]
    public async Task FitThenScore_AFolder_GivesARowForEveryImageThatHoldsTogether()
    {
        var (statistics, csv) = (Path.Combine(_folder, "s.safetensors"), Path.Combine(_folder, "o.csv"));
        var fit = await InProcess.RunAsync("fit", "--backbone", _backbone, "--gate", "parts", "--id", Path.Combine(_folder, "good"), "--out", statistics);
        var score = await InProcess.RunAsync("score", "--backbone", _backbone, "--statistics", statistics, "--images", Path.Combine(_folder, "test"), "--csv", csv);

        Assert.True(fit.Exit == 0, fit.Error);
        Assert.True(score.Exit == 0, score.Error);
        var rows = (await File.ReadAllLinesAsync(csv, TestContext.Current.CancellationToken)).Skip(1).Select(l => l.Split(','))
            .Select(f => (Path: f[0], Score: double.Parse(f[1], CultureInfo.InvariantCulture), P: double.Parse(f[2], CultureInfo.InvariantCulture), Verdict: f[3]))
            .OrderBy(r => r.Score).ToArray();
        Assert.Equal(20, rows.Select(r => r.Path).Distinct().Count());
        Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.True(pair.First.P >= pair.Second.P));
        Assert.All(rows, r => Assert.Equal(r.P > 0.05 ? "accept" : "review", r.Verdict));
    }

    [Fact]
    public async Task Score_DamagedImageAmongGoodOnes_IsRejectedWithItsReason()
    {
        Write("test/good/torn.jpg", (await File.ReadAllBytesAsync(Path.Combine(_folder, "good", "00.jpg"), TestContext.Current.CancellationToken))[..400]);
        var (statistics, csv) = (Path.Combine(_folder, "s.safetensors"), Path.Combine(_folder, "o.csv"));
        await InProcess.RunAsync("fit", "--backbone", _backbone, "--id", Path.Combine(_folder, "good"), "--out", statistics);
        var (exit, _, error) = await InProcess.RunAsync("score", "--backbone", _backbone, "--statistics", statistics, "--images", Path.Combine(_folder, "test"), "--csv", csv);
        Assert.True(exit == 0, error);
        Assert.Single(await File.ReadAllLinesAsync(csv, TestContext.Current.CancellationToken), l => l.Contains("torn.jpg,,,reject,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Score_StatisticsOfAnotherModel_IsRefused()
    {
        var (statistics, other) = (Path.Combine(_folder, "s.safetensors"), Path.Combine(_folder, "other.safetensors"));
        using (var encoder = new VisionTransformer(new VitConfig { ImageSize = 16, PatchSize = 4, Width = 16, Depth = 2, Heads = 2 }))
            Backbone.Save(other, encoder, new PreprocessingRecipe { Resize = new ResizeRule.Exact(16, 16) }, "another");
        await InProcess.RunAsync("fit", "--backbone", _backbone, "--id", Path.Combine(_folder, "good"), "--out", statistics);
        var (exit, _, error) = await InProcess.RunAsync("score", "--backbone", other, "--statistics", statistics, "--images", Path.Combine(_folder, "test"), "--csv", Path.Combine(_folder, "o.csv"));
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("were made with model", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShrinkOnLoad_FitAndScore_HaveToAgree()
    {
        var (statistics, csv, good) = (Path.Combine(_folder, "s.safetensors"), Path.Combine(_folder, "o.csv"), Path.Combine(_folder, "good"));
        string[] score = ["score", "--backbone", _backbone, "--statistics", statistics, "--images", Path.Combine(_folder, "test"), "--csv", csv];
        var fit = await InProcess.RunAsync("fit", "--backbone", _backbone, "--id", good, "--out", statistics, "--shrink-on-load");
        Assert.True(fit.Exit == 0, fit.Error);

        var whole = await InProcess.RunAsync(score);
        Assert.Equal(ExitCode.Failed, whole.Exit);
        Assert.Contains("of images shrunk on load, not decoded whole", whole.Error, StringComparison.Ordinal);
        Assert.Contains("--shrink-on-load", whole.Error, StringComparison.Ordinal);

        var shrunk = await InProcess.RunAsync([.. score, "--shrink-on-load"]);
        Assert.True(shrunk.Exit == 0, shrunk.Error);
        var scores = await ScoresAsync(csv);
        await InProcess.RunAsync("fit", "--backbone", _backbone, "--id", good, "--out", statistics);
        await InProcess.RunAsync(score);
        Assert.NotEqual(scores, await ScoresAsync(csv));

        static async Task<string[]> ScoresAsync(string csv) =>
            [.. (await File.ReadAllLinesAsync(csv, TestContext.Current.CancellationToken)).Select(l => l.Split(',')[1])];
    }

    [Fact]
    public async Task Fit_RateTheSetIsTooSmallFor_IsRefusedWithTheNumberNeeded()
    {
        var (exit, _, error) = await InProcess.RunAsync("fit", "--backbone", _backbone, "--false-alarm-rate", "0.001", "--id", Path.Combine(_folder, "good"), "--out", Path.Combine(_folder, "s"));
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("at least 1,998 images", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fit_WithConfidence_SaysSoAndRefusesWhereItMakesNoSense()
    {
        var (good, json) = (Path.Combine(_folder, "good"), Path.Combine(_folder, "fit.json"));
        string[] fit = ["fit", "--backbone", _backbone, "--id", good, "--false-alarm-rate", "0.3", "--out", Path.Combine(_folder, "pac")];
        var pac = await InProcess.RunAsync([.. fit, "--calibration", "pac", "--confidence", "0.9", "--json", json]);
        Assert.True(pac.Exit == 0, pac.Error);
        Assert.Contains("with confidence 90.0 %", pac.Output, StringComparison.Ordinal);
        using var result = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
        Assert.Equal(("pac", 0.9), (result.RootElement.GetProperty("calibration").GetString(), result.RootElement.GetProperty("confidence").GetDouble()));

        var alone = await InProcess.RunAsync([.. fit, "--confidence", "0.9"]);
        Assert.Equal(ExitCode.WrongUsage, alone.Exit);
        Assert.Contains("--confidence belongs to --calibration pac", alone.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.WrongUsage, (await InProcess.RunAsync([.. fit, "--calibration", "pac", "--confidence", "1"])).Exit);
        Assert.Equal(ExitCode.WrongUsage, (await InProcess.RunAsync([.. fit, "--calibration", "maybe"])).Exit);
        var tooFew = await InProcess.RunAsync("fit", "--backbone", _backbone, "--id", good, "--out", Path.Combine(_folder, "s"), "--false-alarm-rate", "0.05", "--calibration", "pac");
        Assert.Equal(ExitCode.Failed, tooFew.Exit);
        Assert.Contains("with confidence 0.95 needs at least 59 calibration images", tooFew.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_BothProtocols_WriteTheFieldsThatMachinesRead()
    {
        var (good, test, json) = (Path.Combine(_folder, "good"), Path.Combine(_folder, "test"), Path.Combine(_folder, "r.json"));
        var multi = await InProcess.RunAsync("evaluate", "--backbone", _backbone, "--id-train", good, "--id-test", Path.Combine(test, "good"),
            "--ood", $"dark={Path.Combine(test, "dark")}", "--detectors", "mahalanobis++,pixels", "--no-cache", "--json", json);
        Assert.True(multi.Exit == 0, multi.Error);
        using (var result = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken)))
        {
            var row = result.RootElement.GetProperty("results")[0];
            Assert.Equal(("dark", "mahalanobis++", 10, 10), (row.GetProperty("ood").GetString(), row.GetProperty("detector").GetString(), row.GetProperty("n_id").GetInt32(), row.GetProperty("n_ood").GetInt32()));
            Assert.All(["auroc", "fpr_at_95_tpr", "aupr_in", "aupr_out"], name => Assert.InRange(row.GetProperty(name).GetDouble(), 0, 1));
        }

        var one = await InProcess.RunAsync("evaluate", "--protocol", "one-class", "--backbone", _backbone, "--id-train", test, "--id-test", test, "--detectors", "pixels", "--no-cache", "--json", json);
        Assert.True(one.Exit == 0, one.Error);
        using var oneClass = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
        Assert.Equal(2, oneClass.RootElement.GetProperty("results").GetArrayLength());
        Assert.Equal("pixels", oneClass.RootElement.GetProperty("mean")[0].GetProperty("detector").GetString());
    }

    [Fact]
    public async Task Pretrain_FewSteps_WritesABackboneThatFits()
    {
        var (output, json) = (Path.Combine(_folder, "trained.safetensors"), Path.Combine(_folder, "r.json"));
        var (exit, _, error) = await InProcess.RunAsync("pretrain", "--data", Path.Combine(_folder, "good"), "--out", output, "--epochs", "2", "--batch", "16",
            "--size", "16", "--width", "12", "--depth", "1", "--heads", "3", "--decoder-width", "12", "--decoder-depth", "1", "--json", json);
        Assert.True(exit == 0, error);
        using var result = JsonDocument.Parse(await File.ReadAllBytesAsync(json, TestContext.Current.CancellationToken));
        Assert.Equal((7, true), (result.RootElement.GetProperty("steps").GetInt32(), result.RootElement.GetProperty("finished").GetBoolean()));
        Assert.Equal(7, (await File.ReadAllLinesAsync(output + ".log.jsonl", TestContext.Current.CancellationToken)).Length);
        var fit = await InProcess.RunAsync("fit", "--backbone", output, "--id", Path.Combine(_folder, "good"), "--out", Path.Combine(_folder, "s"));
        Assert.True(fit.Exit == 0, fit.Error);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }
}
