namespace MoodStream.Gateway.Live;

/// <summary>What happened in one step of time.</summary>
internal sealed class RateBucket
{
    /// <summary>Gates told apart; anyone can write to a topic, so that their number has a bound.</summary>
    public const int MostGates = 64;

    private const string OtherGates = "(other)";

    /// <summary>Which step of time: ticks since the year 1, divided by the step.</summary>
    public long Index { get; private set; } = -1;

    /// <summary>Images put in.</summary>
    public int In { get; set; }

    /// <summary>Images accepted.</summary>
    public int Accepted { get; private set; }

    /// <summary>Images sent to review.</summary>
    public int Review { get; private set; }

    /// <summary>Dead letters.</summary>
    public int DeadLetters { get; private set; }

    /// <summary>Most records that waited to be scored during the step, as far as it was looked at.</summary>
    public long Lag { get; set; }

    /// <summary>Latencies of what ended.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Judged and sent to review, by gate.</summary>
    public Dictionary<string, (int Judged, int Review)> Gates { get; } = [];

    /// <summary>Starts over for another step of time.</summary>
    public void Restart(long index)
    {
        Index = index;
        In = Accepted = Review = DeadLetters = 0;
        Lag = 0;
        Latency.Clear();
        Gates.Clear();
    }

    /// <summary>Counts an image that ended in this step.</summary>
    public void CountEnd(LiveResult result)
    {
        Latency.Add(result.LatencyMs);
        if (result.Verdict == LiveVerdict.DeadLetter)
        {
            DeadLetters++;
            return;
        }
        var toReview = result.Verdict == LiveVerdict.Review;
        if (toReview) Review++;
        else Accepted++;
        var gate = result.Gate ?? OtherGates;
        if (Gates.Count >= MostGates && !Gates.ContainsKey(gate)) gate = OtherGates;
        var known = Gates.GetValueOrDefault(gate);
        Gates[gate] = (known.Judged + 1, known.Review + (toReview ? 1 : 0));
    }
}

/// <summary>Buckets of equal steps over the last stretch of time; older ones are forgotten.</summary>
/// <remarks>Thread-safety: owned by its caller.</remarks>
internal sealed class RateWindow
{
    private readonly RateBucket[] _buckets;

    /// <summary>A window of so many steps.</summary>
    public RateWindow(TimeSpan step, int steps)
    {
        Step = step;
        _buckets = [.. Enumerable.Range(0, steps).Select(_ => new RateBucket())];
    }

    /// <summary>Length of a step.</summary>
    public TimeSpan Step { get; }

    /// <summary>Number of steps.</summary>
    public int Steps => _buckets.Length;

    /// <summary>The bucket of a time; null where the time has left the window. A time ahead of the clock counts as now.</summary>
    public RateBucket? At(DateTimeOffset time, DateTimeOffset now)
    {
        var newest = IndexOf(now);
        var index = Math.Min(IndexOf(time), newest);
        if (index <= newest - Steps) return null;
        var bucket = _buckets[index % Steps];
        if (bucket.Index != index) bucket.Restart(index);
        return bucket;
    }

    /// <summary>The last steps, oldest first, with null where nothing happened.</summary>
    public IEnumerable<(DateTimeOffset At, RateBucket? Bucket)> Last(int steps, DateTimeOffset now)
    {
        var newest = IndexOf(now);
        for (var index = newest - Math.Min(steps, Steps) + 1; index <= newest; index++)
        {
            var bucket = _buckets[index % Steps];
            yield return (new(index * Step.Ticks, TimeSpan.Zero), bucket.Index == index ? bucket : null);
        }
    }

    private long IndexOf(DateTimeOffset time) => time.UtcTicks / Step.Ticks;
}
