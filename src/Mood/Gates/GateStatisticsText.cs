using System.Globalization;
using System.Text.Json;

namespace MoodStream.Mood.Gates;

/// <summary>Names in the header of a gate statistics file.</summary>
internal static class TextNames
{
    public const string Format = "format";
    public const string Detector = "detector";
    public const string Gate = "gate";
    public const string ModelHash = "model_hash";
    public const string PreprocessingHash = "preprocessing_hash";
    public const string FittedAt = "fitted_at";
    public const string Origin = "origin";
    public const string ClassNames = "class_names";
    public const string TargetFalseAlarmRate = "target_false_alarm_rate";

    /// <summary>Only in files with a PAC promise.</summary>
    public const string Confidence = "confidence";

    public const string Threshold = "threshold";
    public const string FeatureDimension = "feature_dimension";
    public const string FitCount = "fit_count";
    public const string CalibrationCount = "calibration_count";

    /// <summary>For readers of the file only; the detector's state has it too.</summary>
    public const string EffectiveSize = "effective_size";

    /// <summary>For readers of the file only; the detector's state has it too.</summary>
    public const string Shrinkage = "shrinkage";
}

/// <summary>The text in the header of a gate statistics file, read with distrust.</summary>
/// <param name="text">The header's text by name.</param>
internal sealed class GateStatisticsText(IReadOnlyDictionary<string, string> text)
{
    /// <summary>The text of a name.</summary>
    /// <exception cref="FormatException">There is no such name.</exception>
    public string this[string name] => text.TryGetValue(name, out var value) ? value : throw new FormatException($"the header lacks '{name}'.");

    /// <summary>Whether there is such a name.</summary>
    public bool Has(string name) => text.ContainsKey(name);

    /// <summary>A whole number from 1.</summary>
    /// <exception cref="FormatException">The text is not one.</exception>
    public int Integer(string name) => int.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
        ? value
        : throw new FormatException($"'{name}' is not a count.");

    /// <summary>A finite number.</summary>
    /// <exception cref="FormatException">The text is not one.</exception>
    public double Number(string name) => double.TryParse(this[name], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
        ? value
        : throw new FormatException($"'{name}' is not a number.");

    /// <summary>Where the statistics come from.</summary>
    /// <exception cref="FormatException">A part is missing or not what it should be.</exception>
    /// <exception cref="JsonException">The class names are no JSON list of texts.</exception>
    public GateProvenance Provenance() => new()
    {
        Gate = this[TextNames.Gate],
        ModelHash = this[TextNames.ModelHash],
        PreprocessingHash = this[TextNames.PreprocessingHash],
        FittedAt = DateTimeOffset.TryParseExact(
            this[TextNames.FittedAt], "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at)
            ? at
            : throw new FormatException($"'{TextNames.FittedAt}' is not a time."),
        Origin = this[TextNames.Origin],
        ClassNames = JsonSerializer.Deserialize<string[]>(this[TextNames.ClassNames]) ?? [],
    };
}
