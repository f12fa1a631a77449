using MoodStream.Bench.Forward;
using MoodStream.Cli.Features;
using MoodStream.Mood.Vision.Precision;

namespace MoodStream.Bench.Pipeline;

/// <summary>The backbone of a benchmark of the whole gate, and how the scorer is to run it.</summary>
internal sealed class GateModel : IDisposable
{
    /// <summary>Names beside that of a file: the backbone that ships with the product, and a ViT-B/16 with random weights.</summary>
    public const string Shipped = "shipped", VitB16 = "vit-b16";

    /// <summary>The device that every machine has.</summary>
    public const string Cpu = "cpu";

    private readonly RandomVit? _random;

    private GateModel(string name, string path, RandomVit? random) => (Name, Path, _random) = (name, path, random);

    /// <summary>Its name in results.</summary>
    public string Name { get; }

    /// <summary>Its file.</summary>
    public string Path { get; }

    /// <summary>Type of the forward pass.</summary>
    public required ForwardPrecision Precision { get; init; }

    /// <summary>Most images of a batch.</summary>
    public required int Batch { get; init; }

    /// <summary>Device of the forward pass, as libtorch names it.</summary>
    public string Device { get; init; } = Cpu;

    /// <summary>Whether that is a GPU.</summary>
    public bool IsOnGpu => Device != Cpu;

    /// <summary>Images the statistics are fitted to.</summary>
    public required int FitImages { get; init; }

    /// <summary>Whether it is the large one, of which other figures are asked.</summary>
    public bool IsVitB16 => _random is not null;

    /// <summary>The backbone of that name.</summary>
    /// <param name="name"><see cref="Shipped"/>, <see cref="VitB16"/>, or a file.</param>
    /// <param name="precision">Type of the forward pass; null: that of the scorer's default, and the fastest for the large one.</param>
    /// <param name="batch">Most images of a batch; null: the scorer's default, and 8 for the large one.</param>
    /// <param name="device">Device of the forward pass.</param>
    /// <param name="seed">Seed of random weights.</param>
    /// <exception cref="Cli.Terminal.CliException">There is no such file.</exception>
    public static GateModel Of(string name, ForwardPrecision? precision, int? batch, string device, int seed)
    {
        if (name == VitB16)
        {
            var random = new RandomVit(seed);
            return new("ViT-B/16", random.Path, random) { Precision = precision ?? ForwardPrecision.Auto, Batch = batch ?? 8, FitImages = 60, Device = device };
        }

        var (title, path) = name == Shipped
            ? ("shipped backbone", BackboneFile.PathOf(null))
            : (System.IO.Path.GetFileNameWithoutExtension(name), BackboneFile.PathOf(new FileInfo(name)));
        return new(title, path, random: null) { Precision = precision ?? ForwardPrecision.Fp32, Batch = batch ?? 32, FitImages = 300, Device = device };
    }

    /// <inheritdoc/>
    public void Dispose() => _random?.Dispose();
}
