using System.CommandLine;

namespace MoodStream.Cli.Statistics;

/// <summary><c>mood stats</c>: the registry of statistics versions, for operators.</summary>
internal static class StatsCommand
{
    /// <summary>The verb with its parts.</summary>
    public static Command Create() =>
        new("stats", "The statistics of gates: list, compare, publish, activate, roll back, approve, keep in files.")
        {
            StatsViews.List(),
            StatsViews.Show(),
            StatsDiff.Diff(),
            StatsChanges.Publish(),
            StatsChanges.Activate(),
            StatsChanges.RollBack(),
            StatsChanges.Approve(),
            StatsChanges.Refit(),
            StatsFiles.Export(),
            StatsFiles.Import(),
        };
}
