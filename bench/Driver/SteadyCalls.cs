namespace MoodStream.Bench.Driver;

/// <summary>Calls that begin at a steady rate, whatever becomes of the ones before.</summary>
/// <remarks>
/// A call's time counts from the moment that it was due, so that a call which had to wait for its turn is not told faster
/// than whoever made it would have felt it.
/// </remarks>
internal static class SteadyCalls
{
    /// <summary>Makes calls at a rate for a time, and waits for all of them.</summary>
    /// <param name="perSecond">Calls a second.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="call">Makes a call, by its number; given the time at which it was due.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How many calls were made.</returns>
    public static async Task<int> RunAsync(double perSecond, TimeSpan duration, Func<int, long, Task> call, TimeProvider clock, CancellationToken cancellation)
    {
        var (began, calls) = (clock.GetTimestamp(), new List<Task>());
        for (var due = TimeSpan.Zero; due < duration; due = TimeSpan.FromSeconds(calls.Count / perSecond))
        {
            if (due - clock.GetElapsedTime(began) is var early && early > TimeSpan.Zero) await Task.Delay(early, clock, cancellation);
            calls.Add(call(calls.Count, began + (long)(due.TotalSeconds * clock.TimestampFrequency)));
        }

        await Task.WhenAll(calls);
        return calls.Count;
    }
}
