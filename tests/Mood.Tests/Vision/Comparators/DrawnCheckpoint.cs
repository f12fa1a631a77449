using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Vision.Comparators;

/// <summary>A checkpoint folder whose weights follow a law that any program can compute.</summary>
/// <remarks>
/// Draws: x ← 1664525·x + 1013904223 mod 2³² from a seed, each giving u = x / 2³¹ − 1. The tensor at place n of the
/// names in ordinal order has the seed 7919·(n + 1). Tensors of two or more dimensions are u·√(3 / fan-in), other
/// weights 1 + u / 2, other tensors u / 5, in float64, stored in float32. Images are the draws of seed 12345.
/// </remarks>
internal sealed class DrawnCheckpoint : IDisposable
{
    private const uint ImageSeed = 12345;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("drawn");

    /// <param name="shapes">Names and shapes of the tensors.</param>
    /// <param name="config">Text of config.json; null for none.</param>
    public DrawnCheckpoint(IReadOnlyDictionary<string, long[]> shapes, string? config)
    {
        using var scope = NewDisposeScope();
        var names = shapes.Keys.Order(StringComparer.Ordinal).ToArray();
        SafetensorsWriter.Write(Weights,
            names.Select((name, n) => (name, Draw(name, (uint)(7919 * (n + 1)), shapes[name]))));
        if (config is not null) File.WriteAllText(Config, config);
    }

    public string Path => _folder.FullName;

    public string Weights => System.IO.Path.Combine(Path, "model.safetensors");

    public string Config => System.IO.Path.Combine(Path, "config.json");

    /// <summary>Two images.</summary>
    public static float[][] Images(int height, int width)
    {
        var values = Draws(ImageSeed, 2 * 3 * height * width).Select(u => (float)u).ToArray();
        return [values[..(values.Length / 2)], values[(values.Length / 2)..]];
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Tensor Draw(string name, uint seed, long[] shape)
    {
        var count = shape.Aggregate(1L, (a, b) => a * b);
        var scale = Math.Sqrt(3.0 * shape[0] / count);
        var draws = Draws(seed, count).Select(u => shape.Length > 1 ? u * scale
            : name.EndsWith("weight", StringComparison.Ordinal) ? 1 + 0.5 * u : 0.2 * u);
        return tensor(draws.Select(v => (float)v).ToArray(), shape);
    }

    private static IEnumerable<double> Draws(uint seed, long count)
    {
        for (var i = 0L; i < count; i++)
        {
            seed = unchecked(1664525 * seed + 1013904223);
            yield return seed / 2147483648.0 - 1;
        }
    }
}
