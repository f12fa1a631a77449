namespace MoodStream.Mood.Refit;

/// <summary>Decides whether new statistics may be published: every guard is asked, and gives its number.</summary>
public static class RefitGuards
{
    /// <summary>Enough effective images for the features and classes.</summary>
    public const string EffectiveSize = "effective_size";

    /// <summary>Every number of the statistics is finite.</summary>
    public const string Finite = "finite";

    /// <summary>The images span enough of the features.</summary>
    public const string Rank = "rank";

    /// <summary>The covariance can be inverted without loss.</summary>
    public const string Condition = "condition";

    /// <summary>No class has all but left the stream.</summary>
    public const string ClassBalance = "class_balance";

    /// <summary>Enough fresh images to check the promise with.</summary>
    public const string FreshSize = "fresh_size";

    /// <summary>Fresh images are called alarms as often as promised.</summary>
    public const string FalseAlarms = "false_alarms";

    /// <summary>Kept OOD images still score above fresh ones.</summary>
    public const string Separation = "separation";

    /// <summary>Kept OOD images are still caught at the threshold.</summary>
    public const string Detection = "detection";

    /// <summary>No mean has moved far from the approved version.</summary>
    public const string MeanShift = "mean_shift";

    /// <summary>The volume of the distribution is like that of the approved version.</summary>
    public const string LogDeterminant = "log_determinant";

    /// <summary>No direction varies far more than in the approved version.</summary>
    public const string Spread = "spread";

    /// <summary>Names of all guards, in the order in which they answer. They are stored and are labels of a metric.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        EffectiveSize, Finite, Rank, Condition, ClassBalance, FreshSize, FalseAlarms, Separation, Detection, MeanShift,
        LogDeterminant, Spread,
    ];

    /// <summary>Asks every guard.</summary>
    /// <param name="candidate">The new statistics, and what they are judged by.</param>
    /// <param name="reference">What they are compared with; null for the first version of a gate, which a person has to
    /// approve in its place.</param>
    /// <param name="limits">What has to be kept.</param>
    /// <returns>One result for each of <see cref="Names"/>, in that order. The statistics may be published if all
    /// passed.</returns>
    /// <exception cref="ArgumentException">The parts do not belong together, or a limit is outside its range.</exception>
    /// <remarks>Cost: O(D³ + (m + o)·D²) for m fresh and o OOD rows. Thread-safety: pure.</remarks>
    public static IReadOnlyList<GuardResult> Check(
        RefitCandidate candidate, RefitReference? reference, RefitGuardLimits limits)
    {
        limits.Require();
        candidate.Require();
        reference?.Require(candidate.Statistics);
        var scores = CandidateScores.Of(candidate, reference);
        return
        [
            .. SampleGuards.Check(candidate, limits),
            .. PromiseGuards.Check(candidate, scores, limits),
            .. SeparationGuards.Check(candidate, scores, limits),
            .. ShiftGuards.Check(candidate, reference, limits),
        ];
    }
}
