namespace MoodStream.Mood.Refit;

/// <summary>Which side of a limit is the right one.</summary>
public enum GuardBound
{
    /// <summary>The value must not be below the limit.</summary>
    AtLeast,

    /// <summary>The value must not be above the limit.</summary>
    AtMost,
}

/// <summary>What one guard found.</summary>
/// <param name="Name">One of <see cref="RefitGuards.Names"/>.</param>
/// <param name="Value">What was measured, in the guard's unit; null where there was nothing to measure.</param>
/// <param name="Bound">Which side of the limit is the right one.</param>
/// <param name="Limit">The limit, in the same unit.</param>
/// <param name="Passed">Whether the value keeps the limit. A guard that had nothing to measure passes, and says
/// so.</param>
/// <param name="Advice">One sentence: what was found, and what to do about it where it did not pass.</param>
public sealed record GuardResult(string Name, double? Value, GuardBound Bound, double Limit, bool Passed, string Advice)
{
    /// <summary>A value that must not be below a limit. NaN never passes.</summary>
    internal static GuardResult AtLeast(string name, double value, double limit, string found, string remedy) =>
        Of(name, value, GuardBound.AtLeast, limit, value >= limit, found, remedy);

    /// <summary>A value that must not be above a limit. NaN never passes.</summary>
    internal static GuardResult AtMost(string name, double value, double limit, string found, string remedy) =>
        Of(name, value, GuardBound.AtMost, limit, value <= limit, found, remedy);

    /// <summary>A guard that had nothing to measure.</summary>
    internal static GuardResult Unmeasured(string name, GuardBound bound, double limit, string why) =>
        new(name, null, bound, limit, Passed: true, why);

    private static GuardResult Of(
        string name, double value, GuardBound bound, double limit, bool passed, string found, string remedy) =>
        new(name, double.IsNaN(value) ? null : value, bound, limit, passed, passed ? $"{found}." : $"{found}: {remedy}.");
}
