using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Vision.Precision;
using static TorchSharp.torch;

namespace MoodStream.Bench.Forward;

/// <summary>ViT-B/16 with random weights, as files: a backbone of ours, and the same weights as ONNX where asked for.</summary>
internal sealed class RandomVit : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moodstream-bench-");

    /// <param name="seed">Seed of the weights.</param>
    /// <param name="onnxBatch">Batch of the ONNX graph; null writes none.</param>
    public RandomVit(int seed, int? onnxBatch = null)
    {
        random.manual_seed(seed);
        using var encoder = new VisionTransformer(Config);
        encoder.InitialiseAsMae();
        Backbone.Save(Path, encoder, new PreprocessingRecipe { Resize = new ResizeRule.Exact(Config.ImageSize, Config.ImageSize) }, "random weights");
        if (onnxBatch is { } batch) OnnxOutput = VitExport.Write(encoder, batch, OnnxPath);
    }

    /// <summary>Its shape.</summary>
    public static VitConfig Config { get; } = new()
    {
        ImageSize = 224, PatchSize = 16, Width = 768, Depth = 12, Heads = 12, Pooling = Pooling.ClassToken,
    };

    /// <summary>Multiply-adds of one image, counted as two operations each: all matrix products of the model.</summary>
    public static double OperationsOfImage
    {
        get
        {
            double tokens = Config.Patches + 1, width = Config.Width;
            var attention = 2 * tokens * tokens * width;
            return 2 * (Config.Depth * (LinearOf(tokens) + attention) + Config.Patches * 3 * Config.PatchSize * Config.PatchSize * width);
        }
    }

    /// <summary>The same of the linear layers of the blocks alone.</summary>
    public static double LinearOperationsOfImage => 2 * Config.Depth * LinearOf(Config.Patches + 1);

    /// <summary>The backbone file.</summary>
    public string Path => System.IO.Path.Combine(_folder.FullName, "vit-b16.safetensors");

    /// <summary>The ONNX file.</summary>
    public string OnnxPath => System.IO.Path.Combine(_folder.FullName, "vit-b16.onnx");

    /// <summary>Name of the ONNX graph's output.</summary>
    public string OnnxOutput { get; } = "";

    /// <summary>Random normalised images.</summary>
    public static float[][] Images(int count, int seed)
    {
        var chance = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Values())];

        float[] Values()
        {
            var values = new float[3 * Config.ImageSize * Config.ImageSize];
            for (var i = 0; i < values.Length; i++) values[i] = 2 * chance.NextSingle() - 1;
            return values;
        }
    }

    /// <summary>Loads it. The caller disposes it.</summary>
    public Backbone Load(ForwardPrecision precision) => Backbone.Load(Path, precision: precision);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private static double LinearOf(double tokens) => tokens * Config.Width * (4.0 * Config.Width + 2.0 * Config.HiddenWidth);
}
