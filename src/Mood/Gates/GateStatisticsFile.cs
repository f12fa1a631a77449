using System.Globalization;
using System.Text.Json;
using MoodStream.Mood.Calibration;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Localisation;
using MoodStream.Mood.Statistics;
using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.Mood.Gates;

/// <summary>
/// Gate statistics as a safetensors file: state tensors, calibration scores, and the rest as text in the header.
/// </summary>
internal static class GateStatisticsFile
{
    private const string Format = "moodstream.gate-statistics.v1";
    private const string StatePrefix = "detector.";
    private const string CalibrationName = "calibration.scores";

    /// <summary>The whole file.</summary>
    public static byte[] ToBytes(GateStatistics statistics)
    {
        using var scope = NewDisposeScope();
        var tensors = statistics.Detector.State.Select(s => (StatePrefix + s.Key, s.Value))
            .Append((CalibrationName, tensor(statistics.Calibration.Scores.ToArray(), ScalarType.Float64)))
            .Concat(statistics.Patches is { } patches ? StoredPatches.Tensors(patches) : []);
        var bytes = SafetensorsWriter.ToBytes(tensors, Text(statistics));
        ContentSeal.Close(bytes);
        return bytes;
    }

    /// <summary>Reads the whole file, with distrust.</summary>
    /// <exception cref="GateStatisticsException">The bytes are malformed, damaged, or contradict
    /// themselves.</exception>
    public static GateStatistics Read(ReadOnlyMemory<byte> bytes, string source)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var file = SafetensorsFile.Read(bytes, source);
            var text = new GateStatisticsText(file.Metadata);
            if (text[TextNames.Format] != Format)
                throw new FormatException($"the format is '{text[TextNames.Format]}', not '{Format}'.");
            ContentSeal.Require(bytes.Span, text[ContentSeal.Name]);
            return Build(file, text);
        }
        catch (SafetensorsException e)
        {
            throw new GateStatisticsException(source, e.Problem, e);
        }
        catch (Exception e) when (e is FormatException or StatisticsException or CalibrationTooSmallException
            or ArgumentException or JsonException)
        {
            throw new GateStatisticsException(source, e.Message, e);
        }
    }

    private static GateStatistics Build(SafetensorsFile file, GateStatisticsText text)
    {
        var scores = file.Load(CalibrationName);                                 // [n]
        StoredTensor.RequireAxes(scores, CalibrationName, 1);
        StoredTensor.Require(scores, CalibrationName, text.Integer(TextNames.CalibrationCount));
        var ordered = scores.data<double>().ToArray();
        var calibration = ConformalCalibration.Of(ordered);
        if (!calibration.Scores.SequenceEqual(ordered)) throw new FormatException("the calibration scores are not sorted.");
        var patchNames = file.Tensors.Keys.Where(IsOfPatches).ToArray();
        var state = file.Tensors.Keys.Except(patchNames).Where(k => k != CalibrationName).ToDictionary(Unprefixed, file.Load);
        var detector = DetectorRegistry.Get(text[TextNames.Detector]).Restore(state);
        PatchStatistics? patches = null;
        try
        {
            if (patchNames.Length > 0 || text.Has(StoredPatches.KindText))
                patches = StoredPatches.Restore(patchNames.ToDictionary(n => n, file.Load), name => text[name]);
            var rate = text.Number(TextNames.TargetFalseAlarmRate);
            var statistics = new GateStatistics(
                detector, calibration, rate, text.Integer(TextNames.FitCount), text.Provenance(),
                text.Has(TextNames.Confidence) ? text.Number(TextNames.Confidence) : null) { Patches = patches };
            if (statistics.Threshold != text.Number(TextNames.Threshold)
                || statistics.FeatureDimension != text.Integer(TextNames.FeatureDimension))
                throw new FormatException("the threshold or the feature dimension is not that of the tensors.");
            return statistics;
        }
        catch
        {
            detector.Dispose();
            patches?.Dispose();
            throw;
        }
    }

    private static bool IsOfPatches(string name) => name.StartsWith(StoredPatches.Prefix, StringComparison.Ordinal);

    private static string Unprefixed(string name) => name.StartsWith(StatePrefix, StringComparison.Ordinal)
        ? name[StatePrefix.Length..]
        : throw new FormatException($"there is an unknown tensor '{name}'.");

    private static Dictionary<string, string> Text(GateStatistics statistics) =>
        new(OwnText(statistics).Concat(PromiseText(statistics))
            .Concat(statistics.Patches is { } patches ? StoredPatches.Text(patches) : []));

    private static Dictionary<string, string> PromiseText(GateStatistics statistics) =>
        statistics.Promise.Confidence is { } confidence ? new() { [TextNames.Confidence] = Exact(confidence) } : [];

    private static Dictionary<string, string> OwnText(GateStatistics statistics) => new()
    {
        [TextNames.Format] = Format,
        [ContentSeal.Name] = ContentSeal.Open,
        [TextNames.Detector] = statistics.Detector.Detector.Name,
        [TextNames.Gate] = statistics.Provenance.Gate,
        [TextNames.ModelHash] = statistics.Provenance.ModelHash,
        [TextNames.PreprocessingHash] = statistics.Provenance.PreprocessingHash,
        [TextNames.FittedAt] = statistics.Provenance.FittedAt.ToString("O", CultureInfo.InvariantCulture),
        [TextNames.Origin] = statistics.Provenance.Origin,
        [TextNames.ClassNames] = JsonSerializer.Serialize(statistics.Provenance.ClassNames),
        [TextNames.TargetFalseAlarmRate] = Exact(statistics.TargetFalseAlarmRate),
        [TextNames.Threshold] = Exact(statistics.Threshold),
        [TextNames.FeatureDimension] = $"{statistics.FeatureDimension}",
        [TextNames.FitCount] = $"{statistics.FitCount}",
        [TextNames.CalibrationCount] = $"{statistics.CalibrationCount}",
        [TextNames.EffectiveSize] = Exact(statistics.Detector.Diagnostics.EffectiveSize),
        [TextNames.Shrinkage] = Exact(statistics.Detector.Diagnostics.ShrinkageIntensity),
    };

    private static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
