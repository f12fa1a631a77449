namespace MoodStream.Mood.Calibration;

/// <summary>
/// Held-out in-distribution scores, sorted: they turn a score into a conformal p-value and a promised false-alarm rate
/// into a threshold. Immutable. The promise holds for images exchangeable with the calibration images, and only while
/// neither the detector nor the backbone changes.
/// </summary>
public sealed class ConformalCalibration
{
    private readonly double[] _scores;

    private ConformalCalibration(double[] scores) => _scores = scores;

    /// <summary>Calibrates on a copy of the scores.</summary>
    /// <param name="scores">OOD scores (larger is further out) of ID images that were not used for the fit, in any
    /// order; finite.</param>
    /// <exception cref="ArgumentException">There is no score, or one is not finite.</exception>
    public static ConformalCalibration Of(ReadOnlySpan<double> scores)
    {
        if (scores.IsEmpty) throw new ArgumentException("There is no calibration score.", nameof(scores));
        for (var i = 0; i < scores.Length; i++)
            if (!double.IsFinite(scores[i])) throw new ArgumentException($"Calibration score {i} is {scores[i]}.", nameof(scores));
        var sorted = scores.ToArray();
        Array.Sort(sorted);
        return new ConformalCalibration(sorted);
    }

    /// <summary>Number of calibration scores n.</summary>
    public int Count => _scores.Length;

    /// <summary>The calibration scores, smallest first.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    /// <summary>Smallest false-alarm rate that can be promised, 1 / (n + 1); also the smallest p-value.</summary>
    public double SmallestRate => 1 / (Count + 1.0);

    /// <summary>
    /// Conformal p-value: (1 + number of calibration scores ≥ s) / (n + 1), in (0, 1]; small is far out.
    /// </summary>
    /// <param name="score">OOD score s; infinities are allowed.</param>
    /// <exception cref="ArgumentException">The score is NaN.</exception>
    /// <remarks>
    /// Source: Vovk et al. 2005, "Algorithmic Learning in a Random World". Cost: O(log n). Thread-safety: pure.
    /// </remarks>
    public double PValue(double score) => Rank(score) / (Count + 1.0);

    /// <summary>Smoothed p-value: (number &gt; s + u (1 + number = s)) / (n + 1); exactly uniform when u is.</summary>
    /// <param name="score">OOD score s.</param>
    /// <param name="uniform">A draw u from [0, 1], fresh for every image.</param>
    /// <exception cref="ArgumentException">The score is NaN, or the draw is outside [0, 1].</exception>
    public double SmoothedPValue(double score, double uniform)
    {
        if (!(uniform is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(uniform), uniform, "Outside [0, 1].");
        int atLeast = AtLeast(score), above = Count - FirstAbove(score);
        return (above + uniform * (1 + atLeast - above)) / (Count + 1.0);
    }

    /// <summary>Calibration-conditional p-value by Simes, at the exact index.</summary>
    /// <param name="score">OOD score s.</param>
    /// <param name="correction">The Simes sequence made for this n.</param>
    /// <exception cref="ArgumentException">The score is NaN, or the correction was made for another n.</exception>
    public double ConditionalPValue(double score, SimesCorrection correction)
    {
        if (correction.Sequence.Length != Count)
            throw new ArgumentException($"Made for {correction.Sequence.Length} calibration scores, not {Count}.", nameof(correction));
        return correction.OfRank(Rank(score));
    }

    /// <summary>
    /// Threshold for a promised false-alarm rate: the ceil((n + 1)(1 − a))-th smallest calibration score. A score is
    /// accepted if it is at most the threshold, which is the case exactly when its p-value is above a.
    /// </summary>
    /// <param name="falseAlarmRate">Promised rate a, in (0, 1), on average over calibration sets.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside (0, 1).</exception>
    /// <exception cref="CalibrationTooSmallException">The rate is below <see cref="SmallestRate"/>.</exception>
    public double Threshold(double falseAlarmRate)
    {
        var allowed = ConformalThreshold.AllowedAlarms(falseAlarmRate, Count);
        if (allowed == 0)
            throw new CalibrationTooSmallException(
                falseAlarmRate, Count, ConformalThreshold.MinimumSize(falseAlarmRate), SmallestRate);
        return _scores[Count - allowed];
    }

    /// <summary>
    /// Threshold whose realised false-alarm rate is at most a with probability 1 − delta over calibration sets.
    /// </summary>
    /// <param name="falseAlarmRate">Promised rate a, in (0, 1).</param>
    /// <param name="delta">Chance over calibration sets that the promise fails, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside (0, 1).</exception>
    /// <exception cref="CalibrationTooSmallException">There are fewer scores than
    /// <see cref="ConformalThreshold.PacMinimumSize"/>.</exception>
    public double PacThreshold(double falseAlarmRate, double delta)
    {
        if (ConformalThreshold.PacRank(falseAlarmRate, delta, Count) is { } rank) return _scores[rank - 1];
        throw new CalibrationTooSmallException(
            falseAlarmRate,
            Count,
            ConformalThreshold.PacMinimumSize(falseAlarmRate, delta),
            smallestRate: 1 - Math.Pow(delta, 1.0 / Count));
    }

    /// <summary>Threshold that keeps a promise, marginal or PAC.</summary>
    /// <param name="promise">What is promised.</param>
    /// <exception cref="CalibrationTooSmallException">There are too few scores for it.</exception>
    public double Threshold(CalibrationPromise promise) => _scores[promise.RequireRank(Count) - 1];

    /// <summary>
    /// How the realised false-alarm rate of <see cref="Threshold(double)"/> varies over calibration sets: Beta(l, n + 1 − l).
    /// </summary>
    /// <inheritdoc cref="Threshold(double)" path="/param|/exception"/>
    public BetaDistribution RealisedRate(double falseAlarmRate)
    {
        _ = Threshold(falseAlarmRate);
        var allowed = ConformalThreshold.AllowedAlarms(falseAlarmRate, Count);
        return new BetaDistribution(allowed, Count + 1 - allowed);
    }

    /// <summary>The j in [1, n + 1] whose p-value is j / (n + 1).</summary>
    private int Rank(double score) => 1 + AtLeast(score);

    private int AtLeast(double score)
    {
        if (double.IsNaN(score)) throw new ArgumentException("The score is NaN.", nameof(score));
        return Count - FirstFrom(score);
    }

    private int FirstAbove(double score) => FirstFrom(Math.BitIncrement(score));

    private int FirstFrom(double score)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (_scores[middle] >= score) high = middle;
            else low = middle + 1;
        }
        return low;
    }
}
