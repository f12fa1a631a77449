namespace MoodStream.Mood.Metrics;

/// <summary>One point of a ROC curve; OOD is the positive class.</summary>
/// <param name="Threshold">Images with a score of at least this are called OOD; +infinity at the origin.</param>
/// <param name="FalsePositiveRate">Share of in-distribution images called OOD.</param>
/// <param name="TruePositiveRate">Share of out-of-distribution images called OOD.</param>
public readonly record struct RocPoint(double Threshold, double FalsePositiveRate, double TruePositiveRate);

/// <summary>
/// Receiver operating characteristic of OOD scores (larger is further out); OOD is the positive class.
/// </summary>
public sealed class RocCurve
{
    private RocCurve(IReadOnlyList<RocPoint> points, double auroc) => (Points, Auroc) = (points, auroc);

    /// <summary>
    /// Every point of the curve, from (0, 0) to (1, 1): one for each distinct score, collinear points kept.
    /// </summary>
    public IReadOnlyList<RocPoint> Points { get; }

    /// <summary>
    /// Area under the curve: the probability that a random OOD image scores above a random ID image, ties counting
    /// half.
    /// </summary>
    public double Auroc { get; }

    /// <summary>The curve of two sets of scores.</summary>
    /// <param name="idScores">OOD scores of in-distribution images; at least one, no NaN.</param>
    /// <param name="oodScores">OOD scores of out-of-distribution images; at least one, no NaN.</param>
    /// <exception cref="ArgumentException">A side is empty or holds a NaN.</exception>
    /// <remarks>
    /// Source: Fawcett 2006, "An introduction to ROC analysis", algorithms 1 and 2.
    /// Differs: the area is counted in whole pairs (Mann-Whitney), so no rounding piles up.
    /// Cost: O(n log n). Thread-safety: pure.
    /// </remarks>
    public static RocCurve Of(ReadOnlySpan<double> idScores, ReadOnlySpan<double> oodScores)
    {
        var steps = ScoreSteps.Descending(idScores, oodScores);
        var points = new List<RocPoint>(steps.Count + 1) { new(double.PositiveInfinity, 0, 0) };
        long id = 0, ood = 0, halfPairs = 0;
        foreach (var step in steps)
        {
            halfPairs += step.Id * (2 * ood + step.Ood);    // OOD images above count twice, equal ones once
            id += step.Id;
            ood += step.Ood;
            points.Add(new RocPoint(step.Score, (double)id / idScores.Length, (double)ood / oodScores.Length));
        }
        return new RocCurve(points, halfPairs / (2.0 * id * ood));
    }

    /// <summary>AUROC of two sets of scores, see <see cref="Auroc"/>.</summary>
    /// <inheritdoc cref="Of" path="/param|/exception"/>
    public static double AurocOf(ReadOnlySpan<double> idScores, ReadOnlySpan<double> oodScores) =>
        Of(idScores, oodScores).Auroc;
}
