namespace MoodStream.Mood.Verification;

/// <summary>One expected output of a golden kit beside what this build computes.</summary>
/// <param name="Section">Part of the kit: <c>models</c>, <c>preprocess</c>, <c>stats</c>, …</param>
/// <param name="Case">Folder or set within the section.</param>
/// <param name="Output">Run and name of the output.</param>
/// <param name="LargestDifference">Largest difference of any value, in the unit of <paramref name="Tolerance"/>; NaN
/// where nothing could be computed.</param>
/// <param name="Tolerance">Largest difference that passes, as the kit states it.</param>
/// <param name="Problem">Why nothing could be computed; null where something could.</param>
/// <param name="NotCompared">Why the row is named but not to be counted, where the kit itself says that its value is
/// not to be compared, or where it is of something that this build does not offer; null for every other row.</param>
public sealed record GoldenRow(
    string Section,
    string Case,
    string Output,
    double LargestDifference,
    double Tolerance,
    string? Problem = null,
    string? NotCompared = null)
{
    /// <summary>Whether the row counts, for or against.</summary>
    public bool Counts => NotCompared is null;

    /// <summary>Whether this build agrees with the kit; also true of a row that does not count.</summary>
    public bool WithinTolerance => Problem is null && (!Counts || LargestDifference <= Tolerance);
}
