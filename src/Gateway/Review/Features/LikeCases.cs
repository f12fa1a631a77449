namespace MoodStream.Gateway.Review.Features;

/// <summary>What is alike among some cases, by distances relative to the median distance between them. Pure.</summary>
/// <remarks>
/// Relative, because how far apart features lie is a matter of the backbone and of the gate's images: near-duplicates are much nearer to
/// each other than two cases of the gate usually are.
/// </remarks>
internal static class LikeCases
{
    /// <summary>Cases are alike up to this part of the median distance, unless told.</summary>
    public const double Within = 0.5;

    /// <summary>Sketches between which the median is taken at most: 8,128 pairs.</summary>
    private const int MostForMedian = 128;

    /// <summary>Median distance between cases, of evenly spaced ones where there are many.</summary>
    /// <param name="sketches">Sketches; null where a case has none.</param>
    /// <returns>The distance; 0 where no two can be compared.</returns>
    public static double MedianDistance(IReadOnlyList<byte[]?> sketches)
    {
        var known = sketches.Where(s => s is not null).ToList();
        var step = Math.Max(1, (double)known.Count / MostForMedian);
        var spaced = Enumerable.Range(0, Math.Min(known.Count, MostForMedian)).Select(i => known[(int)(i * step)]!).ToList();
        var distances = new List<double>();
        for (var i = 0; i < spaced.Count; i++)
            for (var j = i + 1; j < spaced.Count; j++)
                if (FeatureSketch.Distance(spaced[i], spaced[j]) is var distance && double.IsFinite(distance)) distances.Add(distance);
        if (distances.Count == 0) return 0;
        distances.Sort();
        return distances[distances.Count / 2];
    }

    /// <summary>
    /// Groups of like cases: the first that is in none leads the next group, and takes in all that are in none and near enough to it.
    /// Nothing is chained, so that a group never drifts away from the case it is shown by.
    /// </summary>
    /// <param name="sketches">Sketches in the order of the cases; a case without one is alone.</param>
    /// <param name="radius">Largest distance from the leader.</param>
    /// <returns>Places of the cases of each group, the leader's first, and the largest distance from it.</returns>
    public static IReadOnlyList<(IReadOnlyList<int> Places, double Spread)> Groups(IReadOnlyList<byte[]?> sketches, double radius)
    {
        var groups = new List<(IReadOnlyList<int>, double)>();
        var taken = new bool[sketches.Count];
        for (var lead = 0; lead < sketches.Count; lead++)
        {
            if (taken[lead]) continue;
            var (places, spread) = (new List<int> { lead }, 0.0);
            for (var i = lead + 1; i < sketches.Count && sketches[lead] is { } leader; i++)
            {
                if (taken[i] || sketches[i] is not { } sketch || FeatureSketch.Distance(leader, sketch) is var distance && distance > radius) continue;
                taken[i] = true;
                places.Add(i);
                spread = Math.Max(spread, distance);
            }
            groups.Add((places, spread));
        }
        return groups;
    }
}
