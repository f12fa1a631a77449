namespace MoodStream.Mood.Statistics;

/// <summary>Why statistics cannot be made. A closed list.</summary>
public enum StatisticsFault
{
    /// <summary>There is no row.</summary>
    NoRows,

    /// <summary>A row holds NaN or infinity.</summary>
    NotFinite,

    /// <summary>
    /// A row is all zeros, or too large to measure, so that it has no direction and cannot be L2-normalised.
    /// </summary>
    NoDirection,

    /// <summary>A class has no row.</summary>
    EmptyClass,

    /// <summary>There are fewer classes than the detector compares.</summary>
    TooFewClasses,

    /// <summary>There are fewer rows than the detector needs, or than its settings ask for.</summary>
    TooFewRows,

    /// <summary>All rows are equal: there is no covariance to speak of.</summary>
    NoVariance,

    /// <summary>The covariance has no inverse: too few rows, or features that depend on each other.</summary>
    Singular,

    /// <summary>More was removed from moments than was ever added.</summary>
    RemovedTooMuch,

    /// <summary>The shrinkage rule needs the fourth moment of the rows, which these moments do not know.</summary>
    NoFourthMoment,

    /// <summary>Stored statistics contradict themselves or are not what they claim to be.</summary>
    Inconsistent,
}

/// <summary>The numbers at hand do not allow statistics to be made; nothing was changed.</summary>
/// <param name="fault">Which of the closed list of reasons.</param>
/// <param name="message">What is wrong, with the numbers.</param>
/// <param name="inner">What was thrown below, if anything.</param>
public sealed class StatisticsException(StatisticsFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Which of the closed list of reasons.</summary>
    public StatisticsFault Fault { get; } = fault;
}
