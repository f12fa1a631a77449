using System.Text.Json;
using MoodStream.Mood.Weights;
using MoodStream.TestKit;
using static TorchSharp.torch;

namespace MoodStream.MoodTests;

/// <summary>Reads golden values: numbers that reference programs gave, with their origin in the kit's README.</summary>
internal static class GoldenKit
{
    /// <summary>A tensors file of the kit; skips the test where the kit is absent.</summary>
    public static SafetensorsFile Tensors(params string[] parts) => SafetensorsFile.Open(SharedFiles.Require(["golden", .. parts]));

    /// <summary>A JSON file of the kit; skips the test where the kit is absent.</summary>
    public static JsonElement Json(params string[] parts)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(["golden", .. parts])));
        return document.RootElement.Clone();
    }

    /// <summary>The values of a float32 or float64 tensor, as float64.</summary>
    public static double[] Values(this SafetensorsFile file, string name)
    {
        using var scope = NewDisposeScope();
        return file.Load(name).to(ScalarType.Float64).data<double>().ToArray();
    }
}
