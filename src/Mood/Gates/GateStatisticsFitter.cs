using MoodStream.Mood.Calibration;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Mood.Gates;

/// <summary>
/// Makes gate statistics from in-distribution images: splits them, fits on one part, calibrates on the other.
/// </summary>
public static class GateStatisticsFitter
{
    /// <summary>Fits and calibrates.</summary>
    /// <param name="inputs">Rows of the detector's kind of input, shape [N, D], any floating type; each image
    /// once.</param>
    /// <param name="labels">Class of each row, shape [N], int64, values 0..K−1; null for one class.</param>
    /// <param name="settings">Detector, promised rate, split.</param>
    /// <param name="provenance">Where the rows come from.</param>
    /// <param name="classifier">The backbone's last layer, for a detector that needs it; null if it has none.</param>
    /// <returns>The statistics. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The shapes disagree, or a type is wrong.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    /// <exception cref="CalibrationTooSmallException">The images held out do not support the rate; nothing was fitted.
    /// The message says how many images would.</exception>
    /// <exception cref="StatisticsException">The rows do not allow a fit; a row is named by its place in
    /// <paramref name="inputs"/>.</exception>
    /// <remarks>
    /// The split is a plain shuffle, not one by class: only then are the calibration images exchangeable with images to
    /// come.
    /// Source: Lei et al. 2018, "Distribution-Free Predictive Inference for Regression", section 2.2 (split conformal
    /// prediction).
    /// Differs: nothing. The same rows, seed and settings give the same statistics.
    /// </remarks>
    public static GateStatistics Fit(
        Tensor inputs, Tensor? labels, GateFitSettings settings, GateProvenance provenance, LinearClassifier? classifier = null)
    {
        Probability.RequireInside(settings.CalibrationShare, nameof(settings));
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var rows = FeatureRows.Finite(inputs);                                   // [N, D]
        if (labels is not null) FeatureRows.RequireLabels(labels, rows.shape[0]);
        var count = (int)rows.shape[0];
        var held = HeldOut(count, settings.CalibrationShare);
        RequireSupport(count, held, settings);
        var order = Order(count, settings.Seed);
        Tensor calibrationRows = tensor(order[..held]), fitRows = tensor(order[held..]);
        var detector = settings.Detector.Fit(rows.index_select(0, fitRows), labels?.index_select(0, fitRows), classifier);
        try
        {
            var scores = detector.Score(rows.index_select(0, calibrationRows)).Scores;
            RequireScores(scores, i => order[i]);
            return new GateStatistics(
                detector, ConformalCalibration.Of(scores), settings.TargetFalseAlarmRate, count - held, provenance,
                settings.Confidence);
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    /// <summary>Fits to moments that a stream left behind, and calibrates on rows kept for that.</summary>
    /// <param name="moments">Moments of rows that went through the detector's <see cref="IMomentDetector.Scale"/>; one
    /// class where the detector uses no labels.</param>
    /// <param name="calibrationInputs">Rows as the backbone made them, shape [n, D], any floating type; in-distribution,
    /// none of them in the moments.</param>
    /// <param name="settings">Detector and promised rate. Share and seed play no part: the stream was split
    /// already.</param>
    /// <param name="provenance">Where the rows come from.</param>
    /// <returns>The statistics, equal to those of a fit to the rows up to rounding; their fit count is the rounded weight
    /// of the moments. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The detector cannot be fitted from moments, the dimensions disagree, or a type
    /// is wrong.</exception>
    /// <exception cref="CalibrationTooSmallException">The rows kept do not support the rate; the message says how many
    /// would. Nothing was fitted.</exception>
    /// <exception cref="StatisticsException">The moments do not allow a fit, or a calibration row cannot be scored; it is
    /// named by its place.</exception>
    /// <remarks>Cost: O(D³ + n·D²), whatever the number of rows behind the moments.</remarks>
    public static GateStatistics FromMoments(
        ClassMoments moments, Tensor calibrationInputs, GateFitSettings settings, GateProvenance provenance)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var byMoments = RequireMomentDetector(settings.Detector);
        var rows = FeatureRows.Finite(calibrationInputs, moments.Dimension);     // [n, D]
        if (rows.shape[0] == 0) throw new StatisticsException(StatisticsFault.NoRows, "There is no row to calibrate on.");
        settings.Promise.RequireRank((int)rows.shape[0]);
        var detector = byMoments.Fit(moments);
        try
        {
            var scores = detector.Score(rows).Scores;
            RequireScores(scores, i => i);
            return new GateStatistics(
                detector, ConformalCalibration.Of(scores), settings.TargetFalseAlarmRate,
                Math.Max(1, (int)Math.Round(moments.Weight)), provenance, settings.Confidence);
        }
        catch
        {
            detector.Dispose();
            throw;
        }
    }

    /// <summary>The split of <see cref="Fit"/>, for what else is fitted to the same images.</summary>
    /// <param name="count">Number of images N, at least 2.</param>
    /// <param name="settings">Share and seed.</param>
    /// <returns>Places of the images to fit to, and of those held out, each rising.</returns>
    public static (IReadOnlyList<int> Fit, IReadOnlyList<int> Calibration) Split(int count, GateFitSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        var order = Order(count, settings.Seed);
        var held = HeldOut(count, settings.CalibrationShare);
        return ([.. order[held..].Order().Select(i => (int)i)], [.. order[..held].Order().Select(i => (int)i)]);
    }

    private static long[] Order(int count, int seed)
    {
        var order = Enumerable.Range(0, count).Select(i => (long)i).ToArray();
        new Random(seed).Shuffle(order);
        return order;
    }

    /// <summary>Images held out of N: the rounded share, and at least one.</summary>
    private static int HeldOut(int count, double share) => Math.Max(1, (int)Math.Round(count * share));

    private static void RequireSupport(int count, int held, GateFitSettings settings)
    {
        var promise = settings.Promise;
        if (count > held && promise.Rank(held) is not null) return;
        if (count == 0) throw new StatisticsException(StatisticsFault.NoRows, "There is no row to fit to.");
        var minimum = promise.MinimumSize;
        var needed = Math.Ceiling(minimum / settings.CalibrationShare);
        while (HeldOut((int)needed, settings.CalibrationShare) < minimum || needed <= minimum) needed++;
        throw new CalibrationTooSmallException(
            promise.FalseAlarmRate,
            held,
            minimum,
            promise.SmallestRate(held),
            $"{count:N0} images of which {settings.CalibrationShare:P0} are held out give {held:N0}; at least {needed:N0} images are needed.",
            promise.Confidence);
    }

    private static IMomentDetector RequireMomentDetector(Detector detector) => detector as IMomentDetector
        ?? throw new ArgumentException(
            $"The detector {detector} cannot be fitted from moments, it needs the features themselves; these can: "
            + $"{string.Join(", ", DetectorRegistry.All.Where(d => d is IMomentDetector))}.",
            nameof(detector));

    private static void RequireScores(double[] scores, Func<int, long> placeOf)
    {
        var unscored = Array.FindIndex(scores, s => !double.IsFinite(s));
        if (unscored >= 0)
            throw new StatisticsException(StatisticsFault.NoDirection, $"Row {placeOf(unscored)} cannot be scored: it has no direction to normalise.");
    }
}
