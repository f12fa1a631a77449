using MoodStream.Mood.Imaging;
using MoodStream.Mood.Masking;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Training;

[Collection(nameof(TorchSeed))]
public sealed class MaePretrainingTests : IDisposable
{
    private static readonly PreprocessingRecipe Recipe = new() { Resize = new ResizeRule.Exact(16, 16) };
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;

    private static MaeSettings Settings(int epochs = 2) => new()
    {
        Encoder = new VitConfig { ImageSize = 16, PatchSize = 4, Width = 24, Depth = 2, Heads = 3, Positions = PositionEmbedding.SineCosine, Pooling = Pooling.MeanOfNormedPatches },
        Decoder = new MaeDecoderConfig { Width = 12, Depth = 1, Heads = 3 },
        Epochs = epochs, BatchSize = 16, BaseLearningRate = 0.01, Seed = 7,
    };

    [Fact]
    public void Run_ToTheEnd_LowersTheLoss()
    {
        using var training = new MaePretraining(Settings(12), new DrawnImages(64, 16), Recipe);
        var losses = Losses(training, int.MaxValue);
        Assert.Equal(48, losses.Count);
        Assert.True(losses.TakeLast(8).Average() < 0.75 * losses.Take(8).Average(), string.Join(" ", losses));
    }

    [Fact]
    public void Run_SameSeedTwice_GivesTheSameLosses()
    {
        using var first = new MaePretraining(Settings(), new DrawnImages(64, 16), Recipe);
        using var second = new MaePretraining(Settings() with { Workers = 3 }, new DrawnImages(64, 16), Recipe);
        Assert.Equal(Losses(first, int.MaxValue), Losses(second, int.MaxValue));
    }

    [Fact]
    public void Resume_AfterAStop_GoesOnToTheNumbersOfAnUnbrokenRun()
    {
        var checkpoint = Path.Combine(_folder, "c");
        using var unbroken = new MaePretraining(Settings(), new DrawnImages(64, 16), Recipe);
        using var stopped = new MaePretraining(Settings(), new DrawnImages(64, 16), Recipe);
        using var resumed = new MaePretraining(Settings(), new DrawnImages(64, 16), Recipe);

        var expected = Losses(unbroken, int.MaxValue);
        var begun = Losses(stopped, 3);
        stopped.Save(checkpoint);
        resumed.Resume(checkpoint);

        Assert.Equal(expected, [.. begun, .. Losses(resumed, int.MaxValue)]);
    }

    [Fact]
    public void Resume_OtherRecipe_IsRefused()
    {
        var checkpoint = Path.Combine(_folder, "c");
        using var one = new MaePretraining(Settings(), new DrawnImages(64, 16), Recipe);
        using var other = new MaePretraining(Settings() with { MaskRatio = 0.5 }, new DrawnImages(64, 16), Recipe);
        one.Save(checkpoint);
        Assert.Contains("another recipe", Assert.Throws<SafetensorsException>(() => other.Resume(checkpoint)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_LossNotFinite_StopsWithTheStepNamed()
    {
        using var training = new MaePretraining(Settings(), new DrawnImages(64, 16), Recipe);
        using (no_grad()) training.Autoencoder.named_parameters().First(p => p.name == "decoder_pred.bias").parameter.fill_(float.NaN);
        Assert.Contains("step 1", Assert.Throws<TrainingException>(() => Losses(training, int.MaxValue)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_SomeImagesDamaged_TrainsOnTheRest()
    {
        using var training = new MaePretraining(Settings(), new DrawnImages(64, 16, damagedEvery: 5), Recipe);
        Assert.All(Losses(training, int.MaxValue), l => Assert.True(double.IsFinite(l)));
    }

    [Fact]
    public void Constructor_EverySettingWrong_ListsAllProblems()
    {
        var wrong = Settings() with { Epochs = 0, BatchSize = 1000, MaskRatio = 1, Workers = 0 };
        var message = Assert.Throws<ArgumentException>(() => new MaePretraining(wrong, new DrawnImages(64, 16), Recipe)).Message;
        Assert.All(["Epochs", "BatchSize", "MaskRatio", "Workers"], name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    [Fact]
    public void SavedBackbone_LoadedAgain_GivesTheSameFeaturesAndHash()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder, "b.safetensors");
        using var encoder = new VisionTransformer(Settings().Encoder);
        encoder.InitialiseAsMae();
        encoder.eval();
        Backbone.Save(path, encoder, Recipe, "a test");
        using var backbone = Backbone.Load(path);
        using var again = Backbone.Load(path);

        // Packed weights are multiplied in another order on some processors, so that the last bits may differ.
        var images = rand(2, 3, 16, 16);
        var features = backbone.Extract([images[0].data<float>().ToArray(), images[1].data<float>().ToArray()]);
        var expected = encoder.forward(images);
        Assert.InRange((features - expected).abs().max().item<float>(), 0, 1e-6f * expected.abs().max().item<float>());
        Assert.Matches("^[0-9a-f]{16}$", backbone.ModelHash);
        Assert.Equal(backbone.ModelHash, again.ModelHash);
        Assert.Equal(Recipe.Hash, backbone.Recipe.Hash);
    }

    [Fact]
    public void LoadBackbone_AtAnotherSize_SpreadsItsPositionsAndChangesBothHashes()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder, "b.safetensors");
        using var encoder = new VisionTransformer(Settings().Encoder);
        encoder.InitialiseAsMae();
        Backbone.Save(path, encoder, Recipe, "a test");
        using var native = Backbone.Load(path);
        using var twice = Backbone.Load(path, inputSize: 32);

        using var features = twice.Extract([new float[3 * 32 * 32]]);
        Assert.Equal([1L, 24L], features.shape);
        Assert.Equal((32, 32), (twice.Recipe.OutputWidth, twice.Recipe.OutputHeight));
        Assert.NotEqual(native.ModelHash, twice.ModelHash);
        Assert.NotEqual(native.Recipe.Hash, twice.Recipe.Hash);
        Assert.Contains("PatchSize", Assert.Throws<BackboneException>(() => Backbone.Load(path, inputSize: 30)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadBackbone_TensorMissingLeftOverAndMisshapen_ListsAllThree()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder, "b.safetensors");
        using var encoder = new VisionTransformer(Settings().Encoder);
        Backbone.Save(path, encoder, Recipe, "a test");
        Dictionary<string, Tensor> tensors;
        Dictionary<string, string> metadata;
        using (var file = SafetensorsFile.Open(path))
        {
            tensors = file.Tensors.Keys.ToDictionary(n => n, file.Load);
            metadata = new(file.Metadata);
        }
        tensors.Remove("norm.bias");
        tensors["surplus"] = zeros(1);
        tensors["cls_token"] = zeros(2);
        SafetensorsWriter.Write(path, tensors.Select(t => (t.Key, t.Value)), metadata);

        var message = Assert.Throws<BackboneException>(() => Backbone.Load(path)).Message;
        Assert.All(["'norm.bias' is missing", "'surplus' is left over", "'cls_token' is of shape"], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static List<double> Losses(MaePretraining training, int steps)
    {
        var losses = new List<double>();
        using var stop = new CancellationTokenSource();
        training.Run(p =>
        {
            losses.Add(p.Loss);
            if (losses.Count == steps) stop.Cancel();
        }, stop.Token);
        return losses;
    }
}

/// <summary>Training seeds torch's one generator, so these tests do not run beside each other.</summary>
[CollectionDefinition(nameof(TorchSeed), DisableParallelization = true)]
public sealed class TorchSeed;
