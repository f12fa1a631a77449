namespace MoodStream.Mood.Metrics;

/// <summary>Which side counts as positive.</summary>
public enum PositiveSide
{
    /// <summary>In-distribution images are positive.</summary>
    Id,

    /// <summary>Out-of-distribution images are positive.</summary>
    Ood,
}

/// <summary>One point of a precision-recall curve.</summary>
/// <param name="Threshold">Score at which this point is reached: images at or beyond it are called positive.</param>
/// <param name="Recall">Share of the positive images that are called positive.</param>
/// <param name="Precision">Share of the images called positive that are positive.</param>
public readonly record struct PrecisionRecallPoint(double Threshold, double Recall, double Precision);

/// <summary>Precision against recall of OOD scores (larger is further out), with either side positive.</summary>
public sealed class PrecisionRecallCurve
{
    private PrecisionRecallCurve(IReadOnlyList<PrecisionRecallPoint> points) => Points = points;

    /// <summary>
    /// The points by rising recall, one for each distinct score; the conventional (recall 0, precision 1) is not among
    /// them.
    /// </summary>
    public IReadOnlyList<PrecisionRecallPoint> Points { get; }

    /// <summary>Average precision: the step-wise sum of (R_i - R_{i-1}) P_i. The AUPR of this product.</summary>
    public double AveragePrecision => Area(trapezoid: false);

    /// <summary>
    /// Trapezoid area from (recall 0, precision 1). What OpenOOD prints as AUPR; it flatters, most of all with ties.
    /// </summary>
    public double TrapezoidArea => Area(trapezoid: true);

    /// <summary>The curve of two sets of scores.</summary>
    /// <param name="idScores">OOD scores of in-distribution images; at least one, no NaN.</param>
    /// <param name="oodScores">OOD scores of out-of-distribution images; at least one, no NaN.</param>
    /// <param name="positive">Which side is positive; with <see cref="PositiveSide.Id"/> small scores are called
    /// positive.</param>
    /// <exception cref="ArgumentException">A side is empty or holds a NaN.</exception>
    /// <remarks>
    /// Source: Davis and Goadrich 2006, "The relationship between precision-recall and ROC curves".
    /// Differs: nothing. Cost: O(n log n). Thread-safety: pure.
    /// </remarks>
    public static PrecisionRecallCurve Of(ReadOnlySpan<double> idScores, ReadOnlySpan<double> oodScores, PositiveSide positive)
    {
        var steps = ScoreSteps.Descending(idScores, oodScores);
        if (positive == PositiveSide.Id) steps.Reverse();
        var positives = positive == PositiveSide.Id ? idScores.Length : oodScores.Length;
        var points = new List<PrecisionRecallPoint>(steps.Count);
        int hits = 0, called = 0;
        foreach (var step in steps)
        {
            hits += positive == PositiveSide.Id ? step.Id : step.Ood;
            called += step.Id + step.Ood;
            points.Add(new PrecisionRecallPoint(step.Score, (double)hits / positives, (double)hits / called));
        }
        return new PrecisionRecallCurve(points);
    }

    private double Area(bool trapezoid)
    {
        double area = 0, recall = 0, precision = 1;
        foreach (var point in Points)
        {
            var height = trapezoid ? (point.Precision + precision) / 2 : point.Precision;
            area += (point.Recall - recall) * height;
            (recall, precision) = (point.Recall, point.Precision);
        }
        return area;
    }
}
