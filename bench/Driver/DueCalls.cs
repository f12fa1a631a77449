namespace MoodStream.Bench.Driver;

/// <summary>Calls that begin when they are due, whatever has become of those before: an open loop.</summary>
/// <remarks>
/// A call's time counts from the moment that it was due, so that a call which had to wait for its turn is not told faster
/// than whoever made it would have felt it.
/// </remarks>
internal static class DueCalls
{
    /// <summary>Moments at a steady rate.</summary>
    /// <param name="perSecond">Calls a second.</param>
    /// <param name="duration">For how long.</param>
    /// <returns>Seconds from the start, ascending, made while they are asked for.</returns>
    public static IEnumerable<double> Steady(double perSecond, TimeSpan duration)
    {
        for (var call = 0L; call / perSecond < duration.TotalSeconds; call++) yield return call / perSecond;
    }

    /// <summary>Makes a call at each moment, and waits for all of them.</summary>
    /// <param name="due">Seconds from now, ascending.</param>
    /// <param name="call">Makes a call, by its number; given the timestamp at which it was due.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How many calls were made.</returns>
    public static async Task<int> RunAsync(IEnumerable<double> due, Func<int, long, Task> call, TimeProvider clock, CancellationToken cancellation)
    {
        var (began, calls) = (clock.GetTimestamp(), new List<Task>());
        foreach (var moment in due)
        {
            while (TimeSpan.FromSeconds(moment) - clock.GetElapsedTime(began) is var early && early > TimeSpan.Zero)
                await Task.Delay(early, clock, cancellation);
            calls.Add(call(calls.Count, began + (long)(moment * clock.TimestampFrequency)));
        }

        await Task.WhenAll(calls);
        return calls.Count;
    }
}
