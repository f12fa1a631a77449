using MoodStream.Mood.Statistics;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>What a detector is fitted to, checked: every detector lets rows, labels and classifier in here.</summary>
/// <param name="Inputs">Rows as given, shape [N, D], float64, finite.</param>
/// <param name="Rows">Rows as the detector scales them, shape [N, D], float64, finite, not all equal.</param>
/// <param name="Labels">Class of each row, shape [N], int64; all zeros without labels.</param>
/// <param name="Classes">Number of classes K; 1 without labels.</param>
/// <param name="Classifier">The backbone's last layer, of D features; null if it has none.</param>
internal sealed record TrainingRows(Tensor Inputs, Tensor Rows, Tensor Labels, int Classes, LinearClassifier? Classifier)
{
    /// <summary>Share of the largest value up to which rounding may tell equal rows apart.</summary>
    private const double EqualUpTo = 1e-12;

    /// <summary>Number of rows N.</summary>
    public long Count => Rows.shape[0];

    /// <summary>Number of features D.</summary>
    public long Dimension => Rows.shape[1];

    /// <summary>Checks what a detector is to be fitted to.</summary>
    /// <returns>The rows. The caller's scope owns them.</returns>
    /// <exception cref="ArgumentException">The shapes disagree, a type is wrong, or the classifier is missing or of
    /// other features.</exception>
    /// <exception cref="StatisticsException">There is no row, one is not finite or has no direction, all are equal, a
    /// class has none, or there are too few classes.</exception>
    public static TrainingRows Of(
        Detector detector, FeatureScaling scaling, Tensor inputs, Tensor? labels, LinearClassifier? classifier)
    {
        var wide = FeatureRows.Finite(inputs);                                   // [N, D]
        long count = wide.shape[0], dimension = wide.shape[1];
        if (count == 0)
            throw new StatisticsException(
                StatisticsFault.NoRows, $"There is no row to fit {detector} to: the set of images is empty.");
        var classes = labels is null ? 1 : FeatureRows.RequireLabels(labels, count);
        RequireNeeds(detector, classes, classifier, dimension);
        var known = labels?.to(wide.device) ?? zeros(count, ScalarType.Int64, wide.device);
        if (detector.UsesLabels) FeatureRows.RequireEveryClass(known.bincount(null, minlength: classes));
        var scaled = scaling.ApplyToAll(wide);                                   // [N, D]
        RequireDifference(detector, scaled);
        return new TrainingRows(wide, scaled, known, classes, classifier);
    }

    private static void RequireNeeds(Detector detector, int classes, LinearClassifier? classifier, long dimension)
    {
        if (detector.Lacks(classes, classifier) is { } lacking)
            throw detector.NeedsClassifier && classifier is null
                ? new ArgumentException(lacking, nameof(classifier))
                : new StatisticsException(StatisticsFault.TooFewClasses, lacking);
        if (detector.NeedsClassifier && classifier!.FeatureLength != dimension)
            throw new ArgumentException(
                $"The classifier is of {classifier.FeatureLength} features, and {detector} is to be fitted to rows of "
                + $"{dimension}: take both from the same backbone.",
                nameof(classifier));
    }

    private static void RequireDifference(Detector detector, Tensor rows)
    {
        using var scope = NewDisposeScope();
        var scale = rows.abs().max().item<double>();
        if ((rows - rows[0]).abs().max().item<double>() > EqualUpTo * scale) return;
        var all = rows.shape[0] == 1 ? "There is one row" : $"All {rows.shape[0]} rows are equal";
        throw new StatisticsException(
            StatisticsFault.NoVariance,
            $"{all}, so nothing can be measured against it: {detector} needs two different images at the least.");
    }
}
