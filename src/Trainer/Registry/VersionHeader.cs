using MoodStream.Contracts;
using MoodStream.Mood.Calibration;
using MoodStream.Mood.Gates;

namespace MoodStream.Trainer.Registry;

/// <summary>Describes gate statistics in the words of the registry.</summary>
public static class VersionHeader
{
    /// <summary>Rates whose thresholds a header lists, where the calibration images support them.</summary>
    public static IReadOnlyList<double> Rates { get; } = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];

    /// <summary>The header of statistics that are to be published; a draft, which the registry numbers.</summary>
    /// <param name="statistics">What is to be published.</param>
    /// <param name="author">Who made them: a service or a person.</param>
    /// <param name="reason">Why, in a sentence.</param>
    public static StatisticsVersion Of(GateStatistics statistics, string author, string reason)
    {
        var (made, fitted) = (statistics.Provenance, statistics.Detector);
        return new StatisticsVersion
        {
            Gate = made.Gate, ModelHash = made.ModelHash, PreprocessingHash = made.PreprocessingHash, Detector = fitted.Detector.Name,
            Count = statistics.FitCount, EffectiveCount = fitted.Diagnostics.EffectiveSize, ClassCount = fitted.ClassCount,
            FeatureDimension = statistics.FeatureDimension, Shrinkage = FiniteOrNull(fitted.Diagnostics.ShrinkageIntensity),
            TargetFalseAlarmRate = statistics.TargetFalseAlarmRate, Confidence = statistics.Promise.Confidence,
            Threshold = statistics.Threshold, Thresholds = [.. ThresholdsOf(statistics)], CalibrationCount = statistics.CalibrationCount, Reason = reason, Author = author, CreatedAt = made.FittedAt,
        };
    }

    /// <summary>The threshold at another rate, promised as the statistics promise theirs; null where the calibration images are too few.</summary>
    public static double? ThresholdAt(GateStatistics statistics, double rate)
    {
        var promise = new CalibrationPromise(rate, statistics.Promise.Confidence);
        return promise.Rank(statistics.CalibrationCount) is null ? null : statistics.Calibration.Threshold(promise);
    }

    private static IEnumerable<RateThreshold> ThresholdsOf(GateStatistics statistics)
    {
        foreach (var rate in Rates.Append(statistics.TargetFalseAlarmRate).Distinct().Order())
            if (ThresholdAt(statistics, rate) is { } threshold) yield return new RateThreshold(rate, threshold);
    }

    private static double? FiniteOrNull(double value) => double.IsFinite(value) ? value : null;
}
