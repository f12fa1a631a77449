namespace MoodStream.Bench.Soak;

/// <summary>Tells from samples whether a service grows.</summary>
internal static class SoakTrends
{
    /// <summary>
    /// Growth over the two thirds that counts as none: a share of the level for memory, whose garbage comes and goes, and a few for handles
    /// and threads, which pools and reconnections open and close.
    /// </summary>
    private const double AllowedShare = 0.05, AllowedCount = 3;

    private const double SecondsPerHour = 3_600;

    /// <summary>The trends of one service over the last two thirds of its samples.</summary>
    public static IEnumerable<SoakTrend> Of(string service, IReadOnlyList<SoakSample> samples)
    {
        var last = samples.Skip(samples.Count / 3).ToList();
        if (last.Count < 2) yield break;
        yield return Trend(service, "resident, MiB", last, s => s.ResidentMiB, AllowedShare * last.Average(s => s.ResidentMiB));
        yield return Trend(service, "handles", last, s => s.Handles, AllowedCount);
        yield return Trend(service, "threads", last, s => s.Threads, AllowedCount);
    }

    private static SoakTrend Trend(string service, string measure, List<SoakSample> samples, Func<SoakSample, double> value, double allowed)
    {
        var trend = LinearTrend.Of([.. samples.Select(s => s.Seconds)], [.. samples.Select(value)]);
        return new(service, measure, trend.Mean, trend.Slope * SecondsPerHour, trend.Change, allowed);
    }
}
