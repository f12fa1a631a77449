namespace MoodStream.Cli.Ingest;

/// <summary>Waits between tries that double up to a longest one.</summary>
/// <param name="First">Wait before the first new try.</param>
/// <param name="Longest">Longest wait.</param>
internal readonly record struct Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>Doublings beyond which any first wait is longer than the longest; more would overflow.</summary>
    private const int MostDoublings = 20;

    /// <summary>The wait after so many failures before the last one, from 0.</summary>
    public TimeSpan Pause(int failures) =>
        TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures, MostDoublings)));
}
