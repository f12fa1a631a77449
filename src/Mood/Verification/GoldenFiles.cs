using System.Text.Json;
using MoodStream.Mood.Vision;
using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.Mood.Verification;

/// <summary>Reading and comparing the files of a golden kit.</summary>
internal static class GoldenFiles
{
    /// <summary>Whether a kit's damage or this build's refusal makes a row instead of ending the run.</summary>
    public static bool IsProblem(Exception e) => e is IOException or UnauthorizedAccessException or JsonException
        or SafetensorsException or BackboneException or FormatException or KeyNotFoundException or InvalidOperationException
        or ArgumentException or NotSupportedException or IndexOutOfRangeException
        or System.Runtime.InteropServices.ExternalException;

    /// <summary>Reads a JSON document; the root stays valid.</summary>
    public static JsonElement ReadJson(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return json.RootElement.Clone();
    }

    /// <summary>All tensors of a file; they belong to the current dispose scope.</summary>
    public static Dictionary<string, Tensor> ReadTensors(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Tensors.Keys.ToDictionary(n => n, file.Load, StringComparer.Ordinal);
    }

    /// <summary>Largest absolute difference; infinite where the shapes differ or a value is not a number.</summary>
    public static double Difference(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        if (expected.numel() != actual.numel()) return double.PositiveInfinity;
        if (expected.numel() == 0) return 0;
        var gap = expected.detach().cpu().to(ScalarType.Float64).reshape(-1)
            - actual.detach().cpu().to(ScalarType.Float64).reshape(-1);
        var largest = gap.abs().max().item<double>();
        return double.IsNaN(largest) ? double.PositiveInfinity : largest;
    }

    /// <summary>Length of the difference over the length of what is expected; infinite where the shapes differ or a value
    /// is not a number.</summary>
    public static double RelativeLength(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        if (expected.numel() != actual.numel()) return double.PositiveInfinity;
        if (expected.numel() == 0) return 0;
        var wanted = expected.detach().cpu().to(ScalarType.Float64).reshape(-1);
        var gap = wanted - actual.detach().cpu().to(ScalarType.Float64).reshape(-1);
        var relative = (gap.norm() / wanted.norm()).item<double>();
        return double.IsNaN(relative) ? double.PositiveInfinity : relative;
    }

    /// <summary>A row that could not be computed.</summary>
    public static GoldenRow Problem(string section, string name, string output, string problem) =>
        new(section, name, output, double.NaN, 0, problem.ReplaceLineEndings(" "));
}
