namespace MoodStream.Mood.Detectors;

/// <summary>Which training rows a <see cref="NeighbourDetector"/> keeps, and what it measures to them.</summary>
public sealed record NeighbourRecipe
{
    /// <summary>Rows for which the nearest neighbour is asked: the thousandth part, as in Sun et al. 2022.</summary>
    private const long RowsPerNeighbour = 1000;

    /// <summary>Most values of a coreset: 16 MiB in float64.</summary>
    private const long MostCoresetValues = 1L << 21;

    /// <summary>What is done to the length of each row.</summary>
    public FeatureScaling Scaling { get; init; } = FeatureScaling.UnitLength;

    /// <summary>
    /// Which neighbour counts, from 1; null for one in a thousand of the rows kept, ⌈M / 1000⌉: Sun et al. take 50 of
    /// 50,000 and 1,000 of 1,281,167. It shrinks with a coreset by itself.
    /// </summary>
    public int? Neighbour { get; init; }

    /// <summary>Whether only a sample of the rows is kept, of bounded size.</summary>
    public bool IsCoreset { get; init; }

    /// <summary>
    /// Most rows M of the sample; null for what 16 MiB hold, 2,097,152 / D: 2,730 rows of 768 features. Means nothing
    /// without <see cref="IsCoreset"/>.
    /// </summary>
    public int? CoresetSize { get; init; }

    /// <summary>Seed of the sample.</summary>
    public int Seed { get; init; }

    /// <summary>Whether the score is half the squared distance: 1 − cosine, for rows of length 1.</summary>
    public bool IsCosine { get; init; }

    /// <summary>Number of rows that are kept of N rows of D features.</summary>
    public long KeptOf(long rows, long dimension) =>
        IsCoreset ? Math.Min(rows, CoresetSize ?? Math.Max(1, MostCoresetValues / dimension)) : rows;

    /// <summary>The neighbour that counts among M rows kept.</summary>
    public long NeighbourOf(long kept) => Neighbour ?? (kept + RowsPerNeighbour - 1) / RowsPerNeighbour;
}
