using System.Text.Json.Serialization;
using MoodStream.Bench.Driver;

namespace MoodStream.Bench.Scale;

/// <summary>What an amount of work costs.</summary>
/// <param name="Sweep">What grows.</param>
/// <param name="Work">How much of it.</param>
/// <param name="Cost">What it costs.</param>
/// <param name="Unit">Unit of the cost.</param>
/// <param name="Ideal">What it would cost if nothing but the unavoidable did; null where that is not known.</param>
internal sealed record ScalePoint(string Sweep, double Work, double Cost, string Unit, double? Ideal = null);

/// <summary>All sweeps of a run.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Points">The points, sweep by sweep.</param>
/// <param name="Figures">Costs of the model, and what it expects.</param>
internal sealed record ScaleResult(BenchMachine Machine, IReadOnlyList<ScalePoint> Points, IReadOnlyDictionary<string, double> Figures);

/// <summary>Source-generated JSON of the result.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ScaleResult))]
internal sealed partial class ScaleJson : JsonSerializerContext;
