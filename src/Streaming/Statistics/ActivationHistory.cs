using MoodStream.Contracts;

namespace MoodStream.Streaming.Statistics;

/// <summary>Reads a gate's activations as the way it went, so that a roll-back knows where it came from.</summary>
internal static class ActivationHistory
{
    /// <summary>Versions that were active before the present one and were not rolled back from, the latest first.</summary>
    /// <param name="newestFirst">The gate's activations.</param>
    /// <remarks>
    /// An activation of a version that is on the way gives up all that came after it: of 1, 2, 3, 2 the way is 1, 2, so that a roll-back
    /// goes to 1 and not to 3 again.
    /// </remarks>
    public static IReadOnlyList<long> Earlier(IEnumerable<StatisticsActivated> newestFirst)
    {
        var way = new List<long>();
        foreach (var version in newestFirst.Reverse().Select(a => a.Version))
        {
            var place = way.IndexOf(version);
            if (place >= 0) way.RemoveRange(place, way.Count - place);
            way.Add(version);
        }

        way.Reverse();
        return [.. way.Skip(1)];
    }
}
