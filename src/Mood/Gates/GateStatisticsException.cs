namespace MoodStream.Mood.Gates;

/// <summary>
/// Stored gate statistics are malformed, damaged, or contradict themselves. A gate never judges with such statistics.
/// </summary>
/// <param name="source">The file's path, or where the bytes came from.</param>
/// <param name="problem">What is wrong, as a fact.</param>
/// <param name="inner">What was thrown below, if anything.</param>
public sealed class GateStatisticsException(string source, string problem, Exception? inner = null)
    : Exception($"{source}: {problem}", inner)
{
    /// <summary>What is wrong.</summary>
    public string Problem { get; } = problem;
}
