using System.Text.Json;
using MoodStream.Cli.Terminal;
using MoodStream.Cli.Training;
using MoodStream.CliTests.Terminal;
using MoodStream.Mood.Vision;

namespace MoodStream.CliTests.Training;

/// <summary>Every method of <c>mood pretrain</c> and <c>mood finetune</c> from the command line to the file, at toy size.</summary>
[Collection(nameof(TheConsole))]
public sealed class PretrainSmokeTests : IDisposable
{
    private const int Images = 128;
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;
    private readonly string _data;

    public PretrainSmokeTests()
    {
        var file = Path.Combine(_folder, "drawn.bin");
        using (var stream = File.Create(file))
            for (var i = 0; i < Images; i++)
                stream.Write(Record(i));
        _data = $"cifar:{file}";
    }

    [Theory]
    [InlineData("mae")]
    [InlineData("moco")]
    public async Task Pretrain_Smoke_LowersTheLossAndWritesABackbone(string method)
    {
        var output = await PretrainAsync(method, "b");
        using var backbone = Backbone.Load(output);
        Assert.Equal(48, backbone.FeatureLength);
    }

    [Fact]
    public async Task Pretrain_TokenizerThenBeit_LowersBothLossesAndWritesABackboneWithASharedBias()
    {
        var tokenizer = await PretrainAsync("dvae", "t");
        var output = await PretrainAsync("beit", "b", "--tokenizer", tokenizer);
        using var backbone = Backbone.Load(output);
        Assert.Equal(RelativePositionBias.Shared, VitConfig.FromJson(backbone.Configuration).RelativePositions);
    }

    [Fact]
    public async Task Pretrain_TeacherThenTokenizerThenBeit2_LowersAllThreeLosses()
    {
        var teacher = await PretrainAsync("mae", "m");
        var tokenizer = await PretrainAsync("vqkd", "t", "--teacher", teacher);
        var output = await PretrainAsync("beit2", "b", "--tokenizer", tokenizer);
        using var backbone = Backbone.Load(output);
        Assert.Equal(48, backbone.FeatureLength);
    }

    [Fact]
    public async Task Finetune_OfASmokeBackbone_WritesABackboneWithItsClassifier()
    {
        var (start, output) = (await PretrainAsync("mae", "m"), Path.Combine(_folder, "f.safetensors"));
        var (exit, _, error) = await InProcess.RunAsync(
            "finetune", "--stage", "multi-class", "--backbone", start, "--data", _data, "--out", output, "--epochs", "2", "--batch", "32",
            "--precision", "bf16", "--accumulate", "2");
        Assert.True(exit == ExitCode.Ok, error);
        using var backbone = Backbone.Load(output);
        Assert.Equal(10, backbone.Classifier!.ClassCount);
    }

    [Fact]
    public async Task Probe_OfASmokeBackbone_WritesAccuraciesOfItsOwnTrainingRows()
    {
        var (start, json) = (await PretrainAsync("mae", "m"), Path.Combine(_folder, "p.json"));
        var (exit, _, error) = await InProcess.RunAsync(
            "probe", "--backbone", start, "--train", _data, "--test", _data, "--neighbours", "1", "--json", json);
        Assert.True(exit == ExitCode.Ok, error);
        using var result = JsonDocument.Parse(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        Assert.Equal(1, result.RootElement.GetProperty("neighbour_accuracy").GetDouble());         // each row is its own neighbour
        Assert.InRange(result.RootElement.GetProperty("linear_accuracy").GetDouble(), 0.15, 1);   // chance is 0.1
    }

    [Theory]
    [InlineData("beit", "--tokenizer")]
    [InlineData("vqkd", "--teacher")]
    public async Task Pretrain_WithoutWhatTheMethodNeeds_IsRefusedWithTheOption(string method, string option)
    {
        var (exit, _, error) = await InProcess.RunAsync("pretrain", "--method", method, "--data", _data, "--out", Path.Combine(_folder, "x"));
        Assert.Equal(ExitCode.WrongUsage, exit);
        Assert.Contains(option, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--method", "simclr", "mae, dvae, beit, vqkd, beit2, moco")]
    [InlineData("--preset", "huge", "known is smoke")]
    [InlineData("--precision", "fp8", "fp32 and bf16")]
    public async Task Pretrain_UnknownName_IsRefusedWithTheKnownOnes(string option, string value, string expected)
    {
        var (exit, _, error) = await InProcess.RunAsync("pretrain", option, value, "--data", _data, "--out", Path.Combine(_folder, "x"));
        Assert.Equal(ExitCode.WrongUsage, exit);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pretrain_TokenizerThatUsesTooFewCodes_EndsWithAFailureAndKeepsItsFile()
    {
        var output = Path.Combine(_folder, "t.safetensors");
        var (exit, _, error) = await InProcess.RunAsync(
            "pretrain", "--method", "dvae", "--preset", "smoke", "--epochs", "1", "--min-perplexity", "1", "--data", _data, "--out", output);
        Assert.Equal(ExitCode.Failed, exit);
        Assert.Contains("of its 32 codes", error, StringComparison.Ordinal);
        Assert.True(File.Exists(output));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> PretrainAsync(string method, string name, params string[] more)
    {
        var output = Path.Combine(_folder, $"{name}.safetensors");
        var (exit, _, error) = await InProcess.RunAsync(
            ["pretrain", "--method", method, "--preset", "smoke", "--data", _data, "--out", output, .. more]);
        Assert.True(exit == ExitCode.Ok, error);

        var (steps, losses) = LossPlot.Read(output + ".log.jsonl");
        Assert.Equal(32, steps.Length);                                  // eight epochs of 128 images in steps of 32
        Assert.True(losses.TakeLast(8).Average() < 0.98 * losses.Take(4).Average(), $"{method}: {string.Join(" ", losses)}");
        Assert.Contains("<svg", await File.ReadAllTextAsync(output + ".log.svg", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        return output;
    }

    /// <summary>One record: a class, and a square of its colour on a ground, both drawn from the number.</summary>
    private static byte[] Record(int number)
    {
        const int side = 32;
        var random = new Random(number);
        var record = new byte[1 + 3 * side * side];
        record[0] = (byte)(number % 10);
        var (left, top, size) = (random.Next(16), random.Next(16), 8 + random.Next(8));
        for (var channel = 0; channel < 3; channel++)
        {
            var (ground, colour) = ((byte)random.Next(256), (byte)(25 * ((number + channel * 3) % 10)));
            for (var y = 0; y < side; y++)
                for (var x = 0; x < side; x++)
                    record[1 + channel * side * side + y * side + x] =
                        x >= left && x < left + size && y >= top && y < top + size ? colour : ground;
        }
        return record;
    }
}
