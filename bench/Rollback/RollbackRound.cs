namespace MoodStream.Bench.Rollback;

/// <summary>What one roll-back came to.</summary>
/// <param name="Seconds">From the command to each scorer's first output that names the old version.</param>
/// <param name="LastOfOtherVersion">From the command to the last output that names another one; 0 where there is none.</param>
/// <param name="Command">How long the command itself took.</param>
internal sealed record RollbackRound(IReadOnlyList<double> Seconds, double LastOfOtherVersion, double Command)
{
    /// <summary>Times a round.</summary>
    /// <param name="outputs">Outputs read since the command.</param>
    /// <param name="owners">The scorer of each source.</param>
    /// <param name="old">The version that was rolled back to.</param>
    /// <param name="scorers">Number of scorers.</param>
    /// <param name="since">Time from the command to a time stamp.</param>
    /// <param name="command">How long the command took.</param>
    public static RollbackRound Of(
        IReadOnlyList<SeenOutput> outputs, IReadOnlyDictionary<string, int> owners, long old, int scorers,
        Func<long, TimeSpan> since, TimeSpan command)
    {
        var seconds = Enumerable.Range(0, scorers).Select(scorer => outputs
            .Where(o => o.Version == old && owners[o.Source] == scorer).Select(o => since(o.At).TotalSeconds).Min());
        var others = outputs.Where(o => o.Version != old).Select(o => since(o.At).TotalSeconds);
        return new RollbackRound([.. seconds], others.DefaultIfEmpty(0).Max(), command.TotalSeconds);
    }
}
