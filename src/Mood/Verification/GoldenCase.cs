using System.Text.Json;
using MoodStream.Mood.Calibration;
using MoodStream.Mood.Statistics;
using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.Mood.Verification;

/// <summary>Makes the rows of one case, and turns whatever is wrong with its files into a row that says so.</summary>
/// <param name="section">Part of the kit.</param>
/// <param name="name">Folder or set within the section.</param>
internal sealed class GoldenCase(string section, string name)
{
    /// <summary>A row: the difference that a computation finds, or the problem that it meets.</summary>
    public GoldenRow Compare(string output, double tolerance, Func<double> difference)
    {
        try
        {
            using var scope = NewDisposeScope();
            return new GoldenRow(section, name, output, difference(), tolerance);
        }
        catch (Exception e) when (IsOfTheKit(e))
        {
            return Failed(output, e.Message, tolerance);
        }
    }

    /// <summary>Rows that a computation lists; a problem before or between them ends the list with a row that names it.</summary>
    /// <param name="output">Output that the row names if the list cannot be made.</param>
    /// <param name="rows">Makes the rows.</param>
    public IReadOnlyList<GoldenRow> List(string output, Func<IEnumerable<GoldenRow>> rows)
    {
        var made = new List<GoldenRow>();
        try
        {
            using var scope = NewDisposeScope();
            foreach (var row in rows()) made.Add(row);
        }
        catch (Exception e) when (IsOfTheKit(e))
        {
            made.Add(Failed(output, e.Message));
        }
        return made;
    }

    /// <summary>A row of something that cannot be computed.</summary>
    public GoldenRow Failed(string output, string problem, double tolerance = double.NaN) =>
        new(section, name, output, double.NaN, tolerance, problem);

    /// <summary>A row that is named and not counted.</summary>
    public GoldenRow NotCompared(string output, string reason) =>
        new(section, name, output, double.NaN, double.NaN, NotCompared: reason);

    /// <summary>The root of a JSON file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonElement Json(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return document.RootElement.Clone();
    }

    /// <summary>Largest absolute difference; NaN if any value is NaN.</summary>
    /// <exception cref="FormatException">The numbers of values differ.</exception>
    public static double Absolute(IReadOnlyList<double> expected, IReadOnlyList<double> actual)
    {
        if (expected.Count != actual.Count)
            throw new FormatException($"The kit has {expected.Count} values where {actual.Count} are computed.");
        double largest = 0;
        for (var i = 0; i < expected.Count; i++) largest = Math.Max(largest, Math.Abs(expected[i] - actual[i]));
        return largest;
    }

    /// <summary>Largest absolute difference over the largest absolute expected value (over 1 if all are 0).</summary>
    /// <exception cref="FormatException">The numbers of values differ.</exception>
    public static double Relative(IReadOnlyList<double> expected, IReadOnlyList<double> actual)
    {
        var scale = expected.Select(Math.Abs).DefaultIfEmpty().Max();
        return Absolute(expected, actual) / (scale == 0 ? 1 : scale);
    }

    /// <summary>The values of a stored tensor in row order, as float64.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor.</exception>
    public static double[] Values(SafetensorsFile file, string tensor)
    {
        using var scope = NewDisposeScope();
        return Flat(file.Load(tensor));
    }

    /// <summary>The values of a tensor in row order, as float64.</summary>
    public static double[] Flat(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    /// <summary>What a damaged, missing or contradictory file can bring about. Anything else is a bug of ours.</summary>
    private static bool IsOfTheKit(Exception e) => e
        is SafetensorsException or JsonException or IOException or UnauthorizedAccessException
        or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException
        or OverflowException or StatisticsException or CalibrationTooSmallException
        or System.Runtime.InteropServices.ExternalException;
}
