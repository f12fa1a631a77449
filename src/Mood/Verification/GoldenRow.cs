namespace MoodStream.Mood.Verification;

/// <summary>One expected output of a golden kit beside what this build computes.</summary>
/// <param name="Section">Part of the kit: <c>models</c>, <c>preprocess</c>, <c>stats</c>, …</param>
/// <param name="Case">Folder or set within the section.</param>
/// <param name="Output">Run and name of the output.</param>
/// <param name="LargestDifference">Largest difference of any value, in the unit of <paramref name="Tolerance"/>; NaN
/// where nothing could be computed.</param>
/// <param name="Tolerance">Largest difference that passes, as the kit states it.</param>
/// <param name="Problem">Why nothing could be computed; null where something could.</param>
public sealed record GoldenRow(
    string Section, string Case, string Output, double LargestDifference, double Tolerance, string? Problem = null)
{
    /// <summary>Whether this build agrees with the kit.</summary>
    public bool WithinTolerance => Problem is null && LargestDifference <= Tolerance;
}
