using MoodStream.Mood.Gates;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

[assembly: AssemblyFixture(typeof(MoodStream.ScorerTests.Backbones))]

namespace MoodStream.ScorerTests;

/// <summary>Two tiny backbones in files, statistics fitted on drawn images, and images whose verdicts are known.</summary>
public sealed class Backbones : IDisposable
{
    public const int Width = 24;
    private const int FitImages = 240;
    private const double FalseAlarmRate = 0.1;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moodstream-scorer-");
    private readonly Lock _one = new();                                   // a backbone is owned by one thread at a time
    private readonly Tensor _features;                                    // [N, D]
    private readonly GateStatistics _statistics;

    public Backbones()
    {
        File = Save("one", seed: 7);
        OtherFile = Save("other", seed: 8);
        Backbone = Backbone.Load(File);
        Other = Backbone.Load(OtherFile);
        _features = Features(Backbone, Enumerable.Range(0, FitImages).Select(i => TestImages.Drawn(i)));
        _statistics = Fit(_features, Provenance(Backbone));
        Accepted = Enumerable.Range(10_000, 1_000).Select(i => TestImages.Drawn(i)).First(i => Judge(i).Accepted);
        Reviewed = Enumerable.Range(0, 1_000).Select(TestImages.Noise).First(i => !Judge(i).Accepted);
    }

    public string File { get; }

    public string OtherFile { get; }

    public Backbone Backbone { get; }

    public Backbone Other { get; }

    /// <summary>An image that the statistics accept.</summary>
    public byte[] Accepted { get; }

    /// <summary>An image that the statistics send to review.</summary>
    public byte[] Reviewed { get; }

    /// <summary>The statistics as published.</summary>
    public byte[] Statistics => _statistics.ToBytes();

    /// <summary>Statistics of another origin.</summary>
    public byte[] StatisticsOf(Func<GateProvenance, GateProvenance> change)
    {
        lock (_one)
        {
            using var statistics = Fit(_features, change(Provenance(Backbone)));
            return statistics.ToBytes();
        }
    }

    /// <summary>Statistics of the other backbone.</summary>
    public byte[] OtherStatistics()
    {
        lock (_one)
        {
            using var features = Features(Other, Enumerable.Range(0, FitImages).Select(i => TestImages.Drawn(i)));
            using var statistics = Fit(features, Provenance(Other));
            return statistics.ToBytes();
        }
    }

    /// <summary>What the statistics say of one image alone.</summary>
    public GateJudgement Judge(byte[] image)
    {
        lock (_one)
        {
            using var features = Features(Backbone, [image]);
            return _statistics.Judge(features)[0];
        }
    }

    /// <summary>Feature of one image alone, [D].</summary>
    public float[] Feature(byte[] image)
    {
        lock (_one)
        {
            using var features = Features(Backbone, [image]);
            return features.data<float>().ToArray();
        }
    }

    public GateStatistics ReadStatistics() => GateStatistics.Read(Statistics);

    public void Dispose()
    {
        _features.Dispose();
        _statistics.Dispose();
        Backbone.Dispose();
        Other.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Save(string name, int seed)
    {
        var path = Path.Combine(_folder.FullName, name + ".safetensors");
        random.manual_seed(seed);
        using var encoder = new VisionTransformer(new VitConfig { ImageSize = 16, PatchSize = 4, Width = Width, Depth = 1, Heads = 3 });
        encoder.InitialiseAsMae();
        Backbone.Save(path, encoder, new PreprocessingRecipe { Resize = new ResizeRule.Exact(16, 16) }, "drawn by a test");
        return path;
    }

    private static Tensor Features(Backbone backbone, IEnumerable<byte[]> images)
    {
        var pixels = images.Select(image =>
        {
            var input = new float[3 * 16 * 16];
            backbone.Recipe.Apply(ImageDecoder.Decode(image, backbone.Recipe.Decoding(ImageLimits.Default)).Image!, input);
            return input;
        }).ToArray();
        return backbone.Extract(pixels);
    }

    private static GateStatistics Fit(Tensor features, GateProvenance provenance) => GateStatisticsFitter.Fit(
        features, null, new GateFitSettings { TargetFalseAlarmRate = FalseAlarmRate, Seed = 5 }, provenance);

    private static GateProvenance Provenance(Backbone backbone) => new()
    {
        Gate = "default",
        ModelHash = backbone.ModelHash,
        PreprocessingHash = backbone.Recipe.Hash,
        FittedAt = Records.At,
    };
}
