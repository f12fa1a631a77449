namespace MoodStream.Mood.Calibration;

/// <summary>
/// Where among n sorted calibration scores the threshold for a promised false-alarm rate stands. Counting only, no
/// scores.
/// </summary>
public static class ConformalThreshold
{
    /// <summary>
    /// Calibration scores that may stand at or above the threshold: the largest l with l / (n + 1) at most the rate; 0
    /// where n is too small.
    /// </summary>
    /// <param name="falseAlarmRate">Promised rate a, in (0, 1).</param>
    /// <param name="calibrationSize">Calibration scores n, at least 1.</param>
    /// <remarks>
    /// Compared in the very arithmetic in which p-values are computed, so that threshold and p-value never disagree.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static int AllowedAlarms(double falseAlarmRate, int calibrationSize)
    {
        Probability.RequireInside(falseAlarmRate, nameof(falseAlarmRate));
        ArgumentOutOfRangeException.ThrowIfLessThan(calibrationSize, 1);
        var slots = calibrationSize + 1.0;
        var allowed = Math.Clamp((int)(falseAlarmRate * slots), 0, calibrationSize);
        while (allowed < calibrationSize && (allowed + 1) / slots <= falseAlarmRate) allowed++;
        while (allowed > 0 && allowed / slots > falseAlarmRate) allowed--;
        return allowed;
    }

    /// <summary>
    /// Fewest calibration scores that support a rate: the smallest n with 1 / (n + 1) at most the rate.
    /// </summary>
    /// <param name="falseAlarmRate">Promised rate a, in (0, 1).</param>
    public static int MinimumSize(double falseAlarmRate)
    {
        Probability.RequireInside(falseAlarmRate, nameof(falseAlarmRate));
        var size = Math.Max(1, Math.Ceiling(1 / falseAlarmRate) - 2);
        while (1 / (size + 1) > falseAlarmRate) size++;
        return size < int.MaxValue ? (int)size : int.MaxValue;
    }

    /// <summary>
    /// Rank k, from 1, of the smallest threshold whose realised false-alarm rate is at most a with probability 1 −
    /// delta over calibration sets; null where n is too small.
    /// </summary>
    /// <param name="falseAlarmRate">Promised rate a, in (0, 1).</param>
    /// <param name="delta">Chance over calibration sets that the promise fails, in (0, 1).</param>
    /// <param name="calibrationSize">Calibration scores n, at least 1.</param>
    /// <remarks>
    /// The smallest k with P(Binomial(n, 1 − a) ≤ k − 1) ≥ 1 − delta, which is P(Beta(n + 1 − k, k) ≤ a).
    /// Source: Vovk 2012, "Conditional validity of inductive conformal predictors", proposition 2a.
    /// </remarks>
    public static int? PacRank(double falseAlarmRate, double delta, int calibrationSize)
    {
        Probability.RequireInside(falseAlarmRate, nameof(falseAlarmRate));
        Probability.RequireInside(delta, nameof(delta));
        ArgumentOutOfRangeException.ThrowIfLessThan(calibrationSize, 1);
        bool Holds(int k) =>
            new BetaDistribution(calibrationSize + 1 - k, k).CumulativeProbability(falseAlarmRate) >= 1 - delta;
        if (!Holds(calibrationSize)) return null;
        int low = 0, high = calibrationSize;                                     // fails at low, holds at high
        while (high - low > 1)
        {
            var middle = low + (high - low) / 2;
            if (Holds(middle)) high = middle;
            else low = middle;
        }
        return high;
    }

    /// <summary>
    /// Fewest calibration scores for which <see cref="PacRank"/> exists: the smallest n with (1 − a)^n at most delta.
    /// </summary>
    /// <inheritdoc cref="PacRank" path="/param[@name='falseAlarmRate']|/param[@name='delta']"/>
    public static int PacMinimumSize(double falseAlarmRate, double delta)
    {
        Probability.RequireInside(falseAlarmRate, nameof(falseAlarmRate));
        Probability.RequireInside(delta, nameof(delta));
        var size = Math.Max(1, Math.Ceiling(Math.Log(delta) / Math.Log(1 - falseAlarmRate)));
        return size < int.MaxValue ? (int)size : int.MaxValue;
    }
}
