using MoodStream.Streaming.Redis;

namespace MoodStream.Streaming.Statistics;

/// <summary>Which versions of a gate are kept.</summary>
internal static class Retention
{
    /// <summary>
    /// Versions that may go: all but the newest, the active one, those it was made from, those a roll-back would go to, and the one
    /// that people approved last.
    /// </summary>
    /// <param name="newestFirst">All versions.</param>
    /// <param name="active">The active one; null where none is.</param>
    /// <param name="earlier">Versions that a roll-back would go to, the latest first.</param>
    /// <param name="settings">How many are kept.</param>
    public static IReadOnlyList<long> Superfluous(
        IReadOnlyList<KeptVersion> newestFirst, long? active, IReadOnlyList<long> earlier, RedisSettings settings)
    {
        HashSet<long> kept =
        [
            .. newestFirst.Take(settings.KeptVersions).Select(v => v.Version),
            .. earlier.Take(settings.KeptParents),
            .. active is { } version ? [version, .. Parents(newestFirst, version).Take(settings.KeptParents)] : Array.Empty<long>(),
        ];
        if (newestFirst.Where(v => v.Header?.Approval is not null).MaxBy(v => v.Header!.Approval!.At) is { } approved)
            kept.Add(approved.Version);
        return [.. newestFirst.Select(v => v.Version).Where(v => !kept.Contains(v))];
    }

    // Parents are older than their children; what says otherwise is damaged, and ends the way rather than going round in it.
    private static IEnumerable<long> Parents(IReadOnlyList<KeptVersion> versions, long of)
    {
        var parents = versions.ToDictionary(v => v.Version, v => v.Header?.Parent);
        for (var child = of; parents.GetValueOrDefault(child) is { } parent && parent < child; child = parent) yield return parent;
    }
}
