using MoodStream.Mood.Imaging;
using MoodStream.Mood.Masking;
using MoodStream.Mood.Tokenizers;
using MoodStream.Mood.Training;
using MoodStream.Mood.Vision;

namespace MoodStream.MoodTests.Training;

/// <summary>Every pre-training method at toy size, on drawn images.</summary>
internal static class PretextTasks
{
    public const int Images = 64;
    public const int Side = 16;

    public static readonly PreprocessingRecipe Recipe = new() { Resize = new ResizeRule.Exact(Side, Side) };

    private static readonly VitConfig Encoder = new()
    {
        ImageSize = Side, PatchSize = 4, Width = 24, Depth = 2, Heads = 3, Positions = PositionEmbedding.SineCosine,
        Pooling = Pooling.MeanOfNormedPatches,
    };

    private static readonly VitConfig Beit = Encoder with
    {
        Positions = PositionEmbedding.None, RelativePositions = RelativePositionBias.Shared, LayerScale = 0.1,
    };

    public static TheoryData<string> Names => ["mae", "dvae", "beit", "vqkd", "beit2", "moco"];

    /// <summary>Begins a run; what can be set for every method is set by <paramref name="change"/>.</summary>
    public static TrainingRun Start(string name, int epochs, Func<TrainingSettings, TrainingSettings>? change = null)
    {
        var images = new DrawnImages(Images, Side);
        return name switch
        {
            "mae" => new MaePretraining(Of(new MaeSettings
            {
                Epochs = epochs, Encoder = Encoder, Decoder = new MaeDecoderConfig { Width = 12, Depth = 1, Heads = 3 }, BaseLearningRate = 0.01,
            }), images, Recipe),
            "dvae" => new DvaeTraining(Of(new DvaeSettings { Epochs = epochs, Tokenizer = Dvae, BaseLearningRate = 0.02, AverageDecay = 0.5 }), images, Recipe),
            "beit" => new BeitPretraining(Of(BeitOf(epochs)), Tokenizer(), images, Recipe),
            "beit2" => new BeitPretraining(Of(BeitOf(epochs) with { ClassTokenDepth = 1 }), Tokenizer(), images, Recipe),
            "vqkd" => new CodebookTraining(Of(new CodebookSettings { Epochs = epochs, Tokenizer = Codebook, BaseLearningRate = 0.02 }), Teacher(), images, Recipe),
            "moco" => new MocoPretraining(Of(new MocoSettings
            {
                Epochs = epochs, Encoder = Encoder, HiddenWidth = 32, VectorLength = 16, BaseLearningRate = 0.03, Momentum = 0.9, MinCropScale = 0.5,
            }), images, Recipe),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };

        T Of<T>(T settings) where T : TrainingSettings
        {
            TrainingSettings common = settings with { BatchSize = 16, Seed = 7 };
            return (T)(change?.Invoke(common) ?? common);
        }
    }

    public static DvaeConfig Dvae { get; } = new() { ImageSize = Side, Stages = 2, Codes = 8, CodeWidth = 8, Hidden = 16 };

    public static CodebookConfig Codebook { get; } = new() { Encoder = Encoder, TeacherWidth = Encoder.Width, Codes = 8, CodeWidth = 4 };

    public static VisionTransformer Teacher()
    {
        TorchSharp.torch.random.manual_seed(5);
        var teacher = new VisionTransformer(Encoder);
        teacher.InitialiseAsMae();
        return teacher;
    }

    /// <summary>A tokenizer as drawn; it need not be good to be predicted.</summary>
    public static TokenizerFile Tokenizer(double perplexity = 8)
    {
        TorchSharp.torch.random.manual_seed(5);
        return new(new DiscreteVae(Dvae), Recipe, new CodeUse(perplexity, Dvae.Codes, 1, 1));
    }

    /// <summary>Losses of at most so many steps.</summary>
    public static List<double> Losses(ITrainingRun run, int steps = int.MaxValue)
    {
        var losses = new List<double>();
        using var stop = new CancellationTokenSource();
        run.Run(p =>
        {
            losses.Add(p.Loss);
            if (losses.Count == steps) stop.Cancel();
        }, stop.Token);
        return losses;
    }

    private static BeitSettings BeitOf(int epochs) => new() { Epochs = epochs, Encoder = Beit, BaseLearningRate = 0.2 };
}
