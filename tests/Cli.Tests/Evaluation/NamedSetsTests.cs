using System.Text.Json;
using MoodStream.Cli.Terminal;
using MoodStream.CliTests.Terminal;
using MoodStream.Mood.Imaging;

namespace MoodStream.CliTests.Evaluation;

/// <summary>Data sets by name in <c>mood evaluate</c>: what is not on the machine is left out by name, never silently.</summary>
[Collection(nameof(TheConsole))]
public sealed class NamedSetsTests : IDisposable
{
    private const int Side = 8;
    private const string Synset = "n02690373";          // airliner
    private readonly string _root = Directory.CreateTempSubdirectory("mood-").FullName;

    [Fact]
    public async Task Evaluate_OneSetMissing_IsLeftOutByNameWithAWayToGetIt()
    {
        Describe("shades", """ "train": { "folder": "shades/train" }, "test": { "folder": "shades/test" } """);
        foreach (var shade in (string[])["dark", "light"])
        {
            Draw($"shades/train/{shade}", shade == "dark" ? 40 : 160, 12, seed: 1);
            Draw($"shades/test/{shade}", shade == "dark" ? 40 : 160, 6, seed: 2);
        }
        Draw("LSUN/test", 230, 7, seed: 3);
        var (exit, output, error) = await EvaluateAsync("--id", "shades", "--ood", "lsun,svhn", "--report", At("r.html"));
        Assert.True(exit == ExitCode.Ok, error);
        Assert.Contains("skipped svhn (Street View House Numbers", error, StringComparison.Ordinal);
        Assert.Contains("ufldl.stanford.edu", error, StringComparison.Ordinal);
        Assert.Contains("left out: svhn (", output, StringComparison.Ordinal);

        var result = await ReadAsync();
        Assert.Equal(["lsun"], result.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("ood").GetString()).Distinct());
        Assert.All(result.GetProperty("results").EnumerateArray(), r => Assert.Equal((12, 7), (r.GetProperty("n_id").GetInt32(), r.GetProperty("n_ood").GetInt32())));
        var skip = Assert.Single(result.GetProperty("skipped").EnumerateArray());
        Assert.Equal("svhn", skip.GetProperty("dataset").GetString());
        Assert.Contains(At("svhn", "test_32x32.mat"), skip.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("<td>svhn</td>", await File.ReadAllTextAsync(At("r.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_EverySetMissing_IsAnErrorThatNamesAll()
    {
        Draw("x/train/a", 40, 4, seed: 1);
        Draw("x/train/b", 90, 4, seed: 1);
        var (exit, _, error) = await InProcess.RunAsync(
            "evaluate", "--id-train", At("x/train"), "--id-test", At("x/train"), "--ood", "svhn,dtd", "--datasets-root", _root);
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("svhn (", error, StringComparison.Ordinal);
        Assert.Contains("dtd (", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is not on this machine", ExitCode.Failed, "--id", "cifar10", "--ood", "svhn")]
    [InlineData("no part to fit to", ExitCode.WrongUsage, "--id", "svhn-like", "--ood", "svhn")]
    [InlineData("'nothing' is no data set", ExitCode.Failed, "--id", "nothing", "--ood", "svhn")]
    [InlineData("leave those out", ExitCode.WrongUsage, "--id", "cifar10", "--id-train", "x", "--ood", "svhn")]
    [InlineData("or --id NAME", ExitCode.WrongUsage, "--id-train", "x", "--ood", "svhn")]
    [InlineData("which is no name of a data set", ExitCode.WrongUsage, "--id", "cifar10", "--ood", "svhn,,dtd")]
    [InlineData("images of your own are NAME=DATASET", ExitCode.WrongUsage, "--id", "cifar10", "--ood", "folder:mine/")]
    public async Task Evaluate_WhatCannotBe_IsRefusedInOneLine(string problem, int expected, params string[] arguments)
    {
        Describe("svhn-like", """ "all": { "folder": "svhn-like" } """);
        var (exit, _, error) = await EvaluateAsync(arguments);
        Assert.Equal(expected, exit);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_WrongDescription_IsRefusedByFileAndField()
    {
        await File.WriteAllTextAsync(At("own.dataset.json"), """{ "name": "other" }""", TestContext.Current.CancellationToken);
        var (exit, _, error) = await EvaluateAsync("--id", "own", "--ood", "svhn");
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("own.dataset.json: name is 'other', yet the file is called own.", error, StringComparison.Ordinal);
        Assert.Contains("own.dataset.json: licence is missing.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListDatasets_EveryShippedOne_SaysWhetherItIsHere()
    {
        Draw("dtd/images/dotted", 100, 1, seed: 1);
        var (exit, output, error) = await InProcess.RunAsync("evaluate", "--list-datasets", "--datasets-root", _root, "--json", At("r.json"));
        Assert.True(exit == ExitCode.Ok, error);
        var listed = (await ReadAsync()).GetProperty("datasets").EnumerateArray().ToDictionary(d => d.GetProperty("name").GetString()!);
        Assert.Superset(
            new HashSet<string>(["cifar10", "cifar100", "svhn", "lsun", "imagenet30", "cub", "dogs", "pets", "flowers", "food", "places",
                "caltech256", "dtd", "inaturalist", "sun"]),
            listed.Keys.ToHashSet());
        Assert.Equal(["dtd"], listed.Where(d => d.Value.GetProperty("present").GetBoolean()).Select(d => d.Key));
        Assert.Equal(30, listed["imagenet30"].GetProperty("splits")[0].GetProperty("missing").GetArrayLength());
        Assert.Contains($"Looked for in {_root}", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImageNet30_SomeSynsets_NamesThoseThatAreMissing()
    {
        Draw($"imagenet/train/{Synset}", 100, 1, seed: 1);
        var (_, _, error) = await EvaluateAsync("--id", "imagenet30", "--ood", "svhn");
        Assert.Contains("imagenet30", error, StringComparison.Ordinal);
        Assert.Contains("and 26 more are missing", error, StringComparison.Ordinal);            // 29, three of them named
        Assert.DoesNotContain(Synset, error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private Task<(int Exit, string Output, string Error)> EvaluateAsync(params string[] arguments) => InProcess.RunAsync(
        ["evaluate", .. arguments, "--detectors", "pixels", "--bootstrap", "0", "--no-cache", "--datasets-root", _root, "--json", At("r.json")]);

    private async Task<JsonElement> ReadAsync()
    {
        using var result = JsonDocument.Parse(await File.ReadAllBytesAsync(At("r.json"), TestContext.Current.CancellationToken));
        return result.RootElement.Clone();
    }

    private void Describe(string name, string splits) => File.WriteAllText(At($"{name}.dataset.json"), $$"""
        { "name": "{{name}}", "title": "T", "home": "https://example.org/", "licence": "L", "get": "G.", "splits": { {{splits}} } }
        """);

    private string At(params string[] parts) => Path.Combine([_root, .. parts]);

    /// <summary>Noise around a shade of grey.</summary>
    private void Draw(string folder, int shade, int count, int seed)
    {
        var chance = new Random(1000 * seed + shade);
        Directory.CreateDirectory(At(folder));
        for (var i = 0; i < count; i++)
        {
            var pixels = new byte[Side * Side * 3];
            for (var p = 0; p < pixels.Length; p++) pixels[p] = (byte)(shade + chance.Next(20));
            File.WriteAllBytes(At(folder, $"{i:D2}.png"), ImageEncoder.Png(new RgbImage(Side, Side, pixels)));
        }
    }
}
