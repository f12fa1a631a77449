namespace MoodStream.Streaming.Batching;

/// <summary>How far apart items come, on average over about the last ten.</summary>
/// <param name="patience">How long a batch may wait for more.</param>
/// <param name="clock">Measures the gaps.</param>
internal sealed class ArrivalPace(TimeSpan patience, TimeProvider clock)
{
    private const double Weight = 0.2;

    /// <summary>A pause counts as so many times the patience at most, so that it is soon forgotten once items come fast.</summary>
    private const double LongestGap = 2;

    private double? _gap;
    private long? _last;

    /// <summary>Whether another item is to be expected before the patience ends. True as long as nothing is known.</summary>
    public bool IsWorthWaiting => _gap is not { } gap || gap <= patience.TotalSeconds;

    /// <summary>Takes down that items have come since the last time.</summary>
    /// <param name="count">How many, at least 1.</param>
    public void Came(int count)
    {
        var now = clock.GetTimestamp();
        if (_last is { } last)
        {
            var gap = Math.Min(clock.GetElapsedTime(last, now).TotalSeconds / count, LongestGap * patience.TotalSeconds);
            var kept = Math.Pow(1 - Weight, count);
            _gap = _gap is { } before ? (kept * before) + ((1 - kept) * gap) : gap;
        }

        _last = now;
    }
}
