using MoodStream.Bench.Driver;
using MoodStream.Bench.Pipeline;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.BenchTests.Pipeline;

/// <summary>A gate with a random encoder so small that its runs take seconds.</summary>
internal sealed class TinyGate : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("moodstream-tests-");

    public TinyGate()
    {
        random.manual_seed(5);
        var config = new VitConfig { ImageSize = 16, PatchSize = 8, Width = 24, Depth = 1, Heads = 2, Pooling = Pooling.ClassToken };
        using var encoder = new VisionTransformer(config);
        encoder.InitialiseAsMae();
        var file = Path.Combine(_folder.FullName, "tiny.safetensors");
        Backbone.Save(file, encoder, new PreprocessingRecipe { Resize = new ResizeRule.Exact(16, 16) }, "random weights");
        Model = GateModel.Of(file, precision: null, batch: 4, GateModel.Cpu, seed: 5);
    }

    public GateModel Model { get; }

    public GatePlan Plan => new(Model, Kafka: null, LoopbackPort.Free(), Seed: 5);

    public void Dispose()
    {
        Model.Dispose();
        _folder.Delete(recursive: true);
    }
}
