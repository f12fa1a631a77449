using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Training;

/// <summary>Supervised fine-tuning: that it learns, resumes to the same numbers, and refuses what cannot work.</summary>
[Collection(nameof(TorchSeed))]
public sealed class FineTuningTests : IDisposable
{
    private static readonly PreprocessingRecipe Recipe = new() { Resize = new ResizeRule.Exact(16, 16) };
    private readonly string _folder = Directory.CreateTempSubdirectory("mood-").FullName;

    private static FinetuneSettings Settings(FinetuneStage stage = FinetuneStage.MultiClass, int epochs = 2) => new()
    {
        Stage = stage, Epochs = epochs, BatchSize = 16, BaseLearningRate = 0.05, LayerDecay = 0.9, Seed = 7, ErasingProbability = 0,
    };

    [Fact]
    public void Run_ClassesThatDiffer_LowersTheLossBelowChance()
    {
        using var training = Start(Settings(epochs: 15));
        var losses = Losses(training, int.MaxValue);
        Assert.True(losses.TakeLast(8).Average() < 0.6 * Math.Log(DrawnClasses.Classes), string.Join(" ", losses));
    }

    [Fact]
    public void Run_OneClass_ApproachesTheFloorOfTheSmoothedLossAndNeverPassesIt()
    {
        using var training = Start(Settings(FinetuneStage.OneClass, epochs: 30) with { OneClassOutputs = 10 });
        var losses = Losses(training, int.MaxValue);
        var floor = new LabelSmoothing(0.1, 10).LossFloor;
        Assert.All(losses, l => Assert.True(l > floor - 1e-4));
        Assert.True(losses[^1] < floor + 0.2 * (losses[0] - floor), $"{losses[0]} {losses[^1]}");
    }

    [Theory]
    [InlineData(0.0, 0.0, 0.0)]
    [InlineData(0.9, 0.8, 1.0)]
    public void Resume_AfterAStop_GoesOnToTheNumbersOfAnUnbrokenRun(double average, double mixup, double cutMix)
    {
        var settings = Settings() with { AverageDecay = average, MixupAlpha = mixup, CutMixAlpha = cutMix, DropPath = 0.3, ErasingProbability = 0.5 };
        var checkpoint = Path.Combine(_folder, "c");
        using FineTuning unbroken = Start(settings), stopped = Start(settings), resumed = Start(settings with { Workers = 2 });

        var expected = Losses(unbroken, int.MaxValue);
        var begun = Losses(stopped, 3);
        stopped.Save(checkpoint);
        resumed.Resume(checkpoint);

        Assert.Equal(expected, [.. begun, .. Losses(resumed, int.MaxValue)]);
        Assert.Equal(Weights(unbroken), Weights(resumed));
    }

    [Fact]
    public void Run_BatchInParts_TakesTheStepsOfTheWholeBatch()
    {
        var settings = Settings() with { DropPath = 0, MixupAlpha = 0 };
        using FineTuning whole = Start(settings, dropPath: 0), parts = Start(settings with { Parts = 4 }, dropPath: 0);
        var (expected, losses) = (Losses(whole, int.MaxValue), Losses(parts, int.MaxValue));
        Assert.Equal(8, losses.Count);
        Assert.All(expected.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void Export_OfARun_IsABackboneWithItsClassifier()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder, "tuned.safetensors");
        using var training = Start(Settings());
        Losses(training, int.MaxValue);
        training.Export(path, "a test");
        using var backbone = Backbone.Load(path);
        Assert.Equal((DrawnClasses.Classes, 24), (backbone.Classifier!.ClassCount, backbone.Classifier.FeatureLength));
        training.WithResult((_, classifier) =>
        {
            Assert.True(backbone.Classifier.Weight.Equals(classifier.weight.to(ScalarType.Float64)));
            Assert.True(backbone.Classifier.Bias.Equals(classifier.bias!.to(ScalarType.Float64)));
        });
    }

    [Fact]
    public void LoadBackbone_ClassifierOfAnotherWidth_IsRefused()
    {
        var path = Path.Combine(_folder, "b.safetensors");
        using var encoder = Encoder();
        using var classifier = nn.Linear(5, 3);
        Backbone.Save(path, encoder, Recipe, "a test", classifier);
        Assert.Contains("another length", Assert.Throws<BackboneException>(() => Backbone.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WithOutliers_LeavesTheClassifierUnsureOfThemAndSureOfTheRest()
    {
        using var scope = NewDisposeScope();
        var (known, outliers) = (new DrawnClasses(64, 16), new DrawnImages(8, 16));
        var settings = Settings(epochs: 20) with { OutlierWeight = 1, LabelSmoothing = 0, DropPath = 0 };
        using var training = new FineTuning(settings, Encoder(0), Recipe, new OutlierMixture(known, outliers, 8, 0.25));
        Losses(training, int.MaxValue);
        var path = Path.Combine(_folder, "o.safetensors");
        training.Export(path, "a test");
        using var backbone = Backbone.Load(path);
        Assert.True(Confidence(backbone, known, 8) > Confidence(backbone, outliers, 8) + 0.2,
            $"{Confidence(backbone, known, 8)} {Confidence(backbone, outliers, 8)}");
    }

    [Fact]
    public void OutlierMixture_AQuarter_IsAThirdOnTopWithoutAClassAndReadsTheFirstOutliers()
    {
        var mixture = new OutlierMixture(new DrawnClasses(60, 16), new DrawnImages(8, 16), used: 3, share: 0.25);
        Assert.Equal(80, mixture.Count);
        Assert.Equal(20, Enumerable.Range(0, 80).Count(i => mixture.LabelOf(i) is null));
        Assert.Equal(["outlier 0", "outlier 1", "outlier 2", "outlier 0"], Enumerable.Range(60, 4).Select(mixture.IdOf));
        Assert.Throws<DatasetException>(() => new OutlierMixture(mixture, new DrawnImages(8, 16), used: 9, share: 0.25));
        Assert.Throws<DatasetException>(() => new OutlierMixture(mixture, new DrawnImages(8, 16), used: 3, share: 1));
    }

    [Fact]
    public void Resume_OtherRecipe_IsRefused()
    {
        var checkpoint = Path.Combine(_folder, "c");
        using FineTuning one = Start(Settings()), other = Start(Settings() with { LabelSmoothing = 0.2 });
        one.Save(checkpoint);
        Assert.Contains("another recipe", Assert.Throws<SafetensorsException>(() => other.Resume(checkpoint)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithResult_AveragedWeights_LieBetweenTheFirstAndTheLastAndAreSwappedBack()
    {
        using FineTuning plain = Start(Settings()), averaged = Start(Settings() with { AverageDecay = 0.5 });
        var first = Weights(plain);
        Losses(plain, int.MaxValue);
        Losses(averaged, int.MaxValue);
        var (last, average) = (Weights(plain), Weights(averaged));
        Assert.NotEqual(last, average);
        Assert.True(Distance(average, last) < Distance(first, last));
        Assert.Equal(average, Weights(averaged));
    }

    [Fact]
    public void Constructor_EverySettingWrong_ListsAllProblems()
    {
        var wrong = Settings(FinetuneStage.OneClass) with { Epochs = 0, BatchSize = 1000, LabelSmoothing = 0, LayerDecay = 0, Workers = 0, MixupAlpha = 1 };
        var message = Assert.Throws<ArgumentException>(() => Start(wrong)).Message;
        Assert.All(["Epochs", "BatchSize", "LabelSmoothing", "LayerDecay", "Workers", "Mixup"], name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Constructor_NoLabels_IsRefusedForClassesAndTakenForOneClass()
    {
        var unlabelled = new DrawnImages(64, 16);
        using var encoder = Encoder();
        var message = Assert.Throws<ArgumentException>(() => new FineTuning(Settings(), encoder, Recipe, unlabelled)).Message;
        Assert.Contains("at least two", message, StringComparison.Ordinal);
        using var taken = new FineTuning(Settings(FinetuneStage.OneClass), Encoder(), Recipe, unlabelled);
        Assert.Equal(8, taken.TotalSteps);
    }

    [Fact]
    public void ReadEncoder_OfASavedBackbone_HasItsWeightsAndTheDropPathAskedFor()
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(_folder, "b.safetensors");
        using var encoder = Encoder();
        Backbone.Save(path, encoder, Recipe, "a test");
        var (read, recipe) = Backbone.ReadEncoder(path, dropPath: 0.2);
        Assert.Equal((0.2, Recipe.Hash), (read.Config.DropPath, recipe.Hash));
        read.eval();
        encoder.eval();
        var images = rand(2, 3, 16, 16);
        Assert.True(read.forward(images).Equals(encoder.forward(images)));

        Backbone.Save(path + "2", read, recipe, "a test");
        using Backbone one = Backbone.Load(path), two = Backbone.Load(path + "2");
        Assert.Equal(one.ModelHash, two.ModelHash);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static VisionTransformer Encoder(double dropPath = 0.3)
    {
        random.manual_seed(11);
        var encoder = new VisionTransformer(new VitConfig
        {
            ImageSize = 16, PatchSize = 4, Width = 24, Depth = 2, Heads = 3, Positions = PositionEmbedding.SineCosine,
            Pooling = Pooling.MeanOfNormedPatches, DropPath = dropPath,
        });
        encoder.InitialiseAsMae();
        return encoder;
    }

    private static FineTuning Start(FinetuneSettings settings, double dropPath = 0.3) => new(settings, Encoder(dropPath), Recipe, new DrawnClasses(64, 16));

    private static double[] Weights(FineTuning training)
    {
        double[] values = [];
        training.WithResult((encoder, classifier) =>
        {
            using var scope = NewDisposeScope();
            values = cat([.. encoder.parameters().Concat(classifier.parameters()).Select(p => p.detach().flatten())])
                .to(ScalarType.Float64).data<double>().ToArray();
        });
        return values;
    }

    /// <summary>Mean of the largest class probability over the first images.</summary>
    private static double Confidence(Backbone backbone, IImageDataset images, int count)
    {
        using var scope = NewDisposeScope();
        var inputs = Enumerable.Range(0, count).Select(i =>
        {
            var input = new float[3 * 16 * 16];
            Recipe.Apply(images.Read(i).Image!, input);
            return input;
        }).ToArray();
        var head = backbone.Classifier!;
        var logits = backbone.Extract(inputs).to(ScalarType.Float64).matmul(head.Weight.t()) + head.Bias;
        return logits.softmax(1).max(1).values.mean().item<double>();
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());

    private static List<double> Losses(FineTuning training, int steps)
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
