using MoodStream.Mood.Calibration;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Gates;
using MoodStream.Trainer.Registry;
using static TorchSharp.torch;

namespace MoodStream.Cli.Statistics;

/// <summary>A threshold in two versions; null where their calibration images do not support the rate.</summary>
internal sealed record ThresholdChange(double Rate, double? From, double? To);

/// <summary>How far two versions say the same of images.</summary>
/// <param name="Sample">What they were compared on.</param>
/// <param name="Images">Number of images.</param>
/// <param name="Share">Share of them with one verdict, in [0, 1].</param>
/// <param name="AcceptedToReview">Accepted by the first, sent to review by the second.</param>
/// <param name="ReviewToAccepted">The other way.</param>
internal sealed record VerdictAgreement(string Sample, int Images, double Share, int AcceptedToReview, int ReviewToAccepted);

/// <summary>What differs between two versions.</summary>
internal sealed record VersionDifference(
    string Gate, long From, long To, double? MeanShift, double? LogDeterminantChange, IReadOnlyList<ThresholdChange> Thresholds,
    double CalibrationKsDistance, double CalibrationKsPValue, VerdictAgreement Agreement, string? Note);

/// <summary>Compares two versions of a gate's statistics.</summary>
internal static class VersionComparison
{
    /// <summary>Everything but the verdicts, which are compared before.</summary>
    public static VersionDifference Of(
        string gate, long from, long to, GateStatistics before, GateStatistics after, VerdictAgreement agreement)
    {
        var scores = KolmogorovSmirnov.Of(before.Calibration.Scores, after.Calibration.Scores);
        var shift = GaussianShift.Between(before.Detector, after.Detector);
        return new VersionDifference(
            gate, from, to, shift?.Mean, shift?.LogDeterminant, Thresholds(before, after), scores.Distance, scores.PValue, agreement,
            NoteOf(before, after, shift));
    }

    /// <summary>Verdicts of both on features.</summary>
    /// <param name="sample">Name of the images.</param>
    /// <param name="features">Features, shape [N, D].</param>
    /// <param name="before">One version.</param>
    /// <param name="after">The other.</param>
    public static VerdictAgreement OnFeatures(string sample, Tensor features, GateStatistics before, GateStatistics after) =>
        Agreement(
            $"images of {sample}",
            before.Judge(features).Select(j => j.Accepted).Zip(after.Judge(features).Select(j => j.Accepted)));

    /// <summary>What the older threshold would have said of the younger version's calibration scores: the thresholds alone are compared.</summary>
    public static VerdictAgreement OnCalibration(GateStatistics before, GateStatistics after) =>
        Agreement(
            "B's calibration scores, by either threshold",
            after.Calibration.Scores.ToArray().Select(s => (s <= before.Threshold, s <= after.Threshold)));

    private static VerdictAgreement Agreement(string sample, IEnumerable<(bool Before, bool After)> accepted)
    {
        var verdicts = accepted.ToArray();
        int toReview = verdicts.Count(v => v.Before && !v.After), toAccepted = verdicts.Count(v => !v.Before && v.After);
        return new VerdictAgreement(
            sample, verdicts.Length, 1 - ((toReview + toAccepted) / (double)verdicts.Length), toReview, toAccepted);
    }

    private static ThresholdChange[] Thresholds(GateStatistics before, GateStatistics after) =>
    [
        .. VersionHeader.Rates.Append(before.TargetFalseAlarmRate).Append(after.TargetFalseAlarmRate).Distinct().Order()
            .Select(rate => new ThresholdChange(rate, VersionHeader.ThresholdAt(before, rate), VersionHeader.ThresholdAt(after, rate)))
            .Where(t => t.From is not null || t.To is not null),
    ];

    private static string? NoteOf(GateStatistics before, GateStatistics after, GaussianShift? shift)
    {
        var (one, other) = (before.Detector.Detector.Name, after.Detector.Detector.Name);
        if (one != other) return $"the detectors differ, {one} and {other}: their scores have no common scale";
        if (after.Provenance.DifferenceFrom(before.Provenance.ModelHash, before.Provenance.PreprocessingHash) is not null)
            return "the backbones or preprocessings differ: their features have no common meaning";
        return shift is not null ? null : $"{one} has no mean and covariance to compare";
    }
}
