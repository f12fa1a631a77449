using MoodStream.Mood.Tokenizers;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Weights;

namespace MoodStream.MoodTests.Training;

/// <summary>What the loop promises of every method: it learns, resumes to the same numbers, and writes what can be read.</summary>
[Collection(nameof(TorchSeed))]
public sealed class TrainingRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;

    public static TheoryData<string> Methods => PretextTasks.Names;

    [Theory, MemberData(nameof(Methods))]
    public void Run_ToTheEnd_LowersTheLoss(string method)
    {
        using var run = PretextTasks.Start(method, epochs: 20);
        var losses = PretextTasks.Losses(run);
        Assert.Equal(80, losses.Count);
        Assert.True(losses.TakeLast(16).Average() < 0.95 * losses.Take(4).Average(), string.Join(" ", losses));
    }

    [Theory, MemberData(nameof(Methods))]
    public void Resume_AfterAStop_GoesOnToTheNumbersOfAnUnbrokenRun(string method)
    {
        var checkpoint = Path.Combine(_folder, "c");
        using TrainingRun unbroken = PretextTasks.Start(method, 2), stopped = PretextTasks.Start(method, 2),
            resumed = PretextTasks.Start(method, 2, s => s with { Workers = 3 });

        var expected = PretextTasks.Losses(unbroken);
        var begun = PretextTasks.Losses(stopped, 3);
        stopped.Save(checkpoint);
        resumed.Resume(checkpoint);

        Assert.Equal(expected, [.. begun, .. PretextTasks.Losses(resumed)]);
        Assert.Equal(Exported(unbroken), Exported(resumed));
    }

    [Theory, MemberData(nameof(Methods))]
    public void Resume_OtherLearningRate_IsRefused(string method)
    {
        var checkpoint = Path.Combine(_folder, "c");
        using TrainingRun one = PretextTasks.Start(method, 2), other = PretextTasks.Start(method, 2, s => s with { WarmUpShare = 0.5 });
        one.Save(checkpoint);
        Assert.Contains("another recipe", Assert.Throws<SafetensorsException>(() => other.Resume(checkpoint)).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Methods))]
    public void Export_OfAShortRun_CanBeReadAndUsed(string method)
    {
        var path = Path.Combine(_folder, "e.safetensors");
        using var run = PretextTasks.Start(method, 1);
        PretextTasks.Losses(run, 2);
        run.Export(path, "a test");
        if (run is TokenizerRun)
        {
            var file = TokenizerFile.Load(path);
            using var tokenizer = file.Tokenizer;
            Assert.Equal((8, 16), (tokenizer.CodeCount, tokenizer.Grid.Count));
            Assert.InRange(file.Use.Perplexity, 1, 8);
        }
        else
        {
            using var backbone = Backbone.Load(path);
            using var features = backbone.Extract([new float[3 * PretextTasks.Side * PretextTasks.Side]]);
            Assert.Equal([1L, 24L], features.shape);
        }
    }

    [Theory, MemberData(nameof(Methods))]
    public void Run_HugeLearningRate_StopsWithTheStepNamedOrStaysFinite(string method)
    {
        using var run = PretextTasks.Start(method, 20, s => s with { BaseLearningRate = 0.999, ClipNorm = 0, BatchSize = 64, WarmUpShare = 0 });
        try
        {
            Assert.All(PretextTasks.Losses(run), loss => Assert.True(double.IsFinite(loss)));
        }
        catch (TrainingException e)
        {
            Assert.Contains($"step {run.Step + 1} ", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Run_InBFloat16_StaysNearFloat32AndKeepsItsWeightsInFloat32()
    {
        var path = Path.Combine(_folder, "b.safetensors");
        using TrainingRun full = PretextTasks.Start("mae", 2), brief = PretextTasks.Start("mae", 2, s => s with { Precision = TrainingPrecision.Mixed });
        var (expected, losses) = (PretextTasks.Losses(full), PretextTasks.Losses(brief));
        Assert.NotEqual(expected, losses);
        Assert.All(expected.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 0.03 * pair.First));
        brief.Export(path, "a test");
        using var file = SafetensorsFile.Open(path);
        Assert.All(file.Tensors.Values, t => Assert.Equal(TorchSharp.torch.ScalarType.Float32, t.Type));
    }

    [Fact]
    public void Progress_OfEachMethod_TellsItsFigures()
    {
        Dictionary<string, string[]> told = new()
        {
            ["dvae"] = ["perplexity", "temperature"], ["beit"] = ["accuracy", "commonest"], ["vqkd"] = ["perplexity"],
        };
        foreach (var (method, names) in told)
        {
            using var run = PretextTasks.Start(method, 1);
            run.Run(p => Assert.Empty(names.Append("gradient_norm").Except(p.Figures.Keys)), CancellationToken.None);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private byte[] Exported(TrainingRun run)
    {
        var path = Path.Combine(_folder, "exported");
        run.Export(path, "a test");
        return File.ReadAllBytes(path);
    }
}
