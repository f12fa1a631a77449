namespace MoodStream.Bench.RefitYear;

/// <summary>Counts a week.</summary>
internal sealed class WeekTally
{
    private int _images;
    private int _alarmsWith;
    private int _alarmsWithout;
    private int _driftAlarms;
    private int _refused;

    /// <summary>Refits that were let through.</summary>
    public int Refits { get; private set; }

    /// <summary>Guards that refused.</summary>
    public SortedSet<string> RefusedBy { get; } = [];

    /// <summary>Counts a day.</summary>
    public void CountDay(bool drift)
    {
        if (drift) _driftAlarms++;
    }

    /// <summary>Counts in-distribution images.</summary>
    public void CountImages(bool[] accepted, int alarmsWithout)
    {
        _images += accepted.Length;
        _alarmsWith += accepted.Count(a => !a);
        _alarmsWithout += alarmsWithout;
    }

    /// <summary>Counts a refit by the guards that refused it.</summary>
    public void CountRefit(string[] refusedBy)
    {
        if (refusedBy.Length == 0) Refits++;
        else _refused++;
        RefusedBy.UnionWith(refusedBy);
    }

    /// <summary>The week, and begins the next.</summary>
    public YearWeek End(int week)
    {
        var ended = new YearWeek(
            week, (double)_alarmsWith / _images, (double)_alarmsWithout / _images, _driftAlarms, Refits, _refused, [.. RefusedBy]);
        (_images, _alarmsWith, _alarmsWithout, _driftAlarms, Refits, _refused) = (0, 0, 0, 0, 0, 0);
        RefusedBy.Clear();
        return ended;
    }
}
