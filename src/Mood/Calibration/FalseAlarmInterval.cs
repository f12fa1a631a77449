namespace MoodStream.Mood.Calibration;

/// <summary>An interval for the promised false-alarm rate, seen from the false alarms that were counted.</summary>
/// <param name="Low">Lower end, in [0, 1].</param>
/// <param name="High">Upper end, in [0, 1].</param>
public readonly record struct FalseAlarmInterval(double Low, double High)
{
    /// <summary>Whether a promised rate is compatible with what was counted.</summary>
    public bool Contains(double promisedRate) => promisedRate >= Low && promisedRate <= High;

    /// <summary>
    /// The exact interval for the promised rate that allows for chance in the stream and in the calibration set alike.
    /// </summary>
    /// <param name="falseAlarms">In-distribution images sent to review, in [0, <paramref name="images"/>].</param>
    /// <param name="images">In-distribution images judged, at least 1; a repeated image counts once.</param>
    /// <param name="calibrationSize">Calibration scores n behind the threshold, at least 1.</param>
    /// <param name="confidence">Probability that the interval covers the promised rate, in (0, 1).</param>
    /// <returns>The interval of equal tails.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    /// <remarks>
    /// With exchangeable images and no ties, the threshold for l = a (n + 1) allowed alarms has a realised rate of
    /// Beta(l, n + 1 − l), and the alarms among m images are beta-binomial(m, l, n + 1 − l). The interval holds every
    /// a, with l taken as a real number, under which neither so few nor so many alarms are rarer than (1 − confidence)
    /// / 2. The rate in question is the one that the threshold really promises, floor(a (n + 1)) / (n + 1); a wanted
    /// rate is above it by less than 1 / (n + 1). Equal scores at the threshold make alarms rarer still.
    /// Source: Vovk 2012, "Conditional validity of inductive conformal predictors", proposition 2a (the Beta law);
    /// Clopper and Pearson 1934 (the inversion). Differs: the binomial is replaced by the beta-binomial.
    /// Cost: O(images) for each of some 100 trial rates, far less where the tails are thin. Thread-safety: pure.
    /// </remarks>
    public static FalseAlarmInterval Exact(int falseAlarms, int images, int calibrationSize, double confidence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(falseAlarms);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(falseAlarms, images);
        ArgumentOutOfRangeException.ThrowIfLessThan(calibrationSize, 1);
        if (!(confidence is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "The confidence is outside (0, 1).");
        var tail = (1 - confidence) / 2;
        BetaBinomialDistribution Alarms(double rate) =>
            new(images, rate * (calibrationSize + 1), (1 - rate) * (calibrationSize + 1));
        var low = falseAlarms == 0 ? 0 : Bisection.FirstTrue(0, 1, a => Alarms(a).AtLeast(falseAlarms) >= tail);
        var high = falseAlarms == images ? 1 : Bisection.FirstTrue(0, 1, a => Alarms(a).AtMost(falseAlarms) < tail);
        return new FalseAlarmInterval(low, high);
    }
}
