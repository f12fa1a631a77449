using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>Euclidean distance to the nearest of some cluster centres of unit-length training features.</summary>
/// <remarks>
/// Source: metric "kmeans" of the MOOD release (Li et al. 2023); Lloyd 1982, "Least squares quantization in PCM";
/// Arthur and Vassilvitskii 2007, "k-means++: The Advantages of Careful Seeding".
/// Differs: the rows are taken in <see cref="ContentOrder"/>, so that the centres do not depend on the order they come
/// in; labels are ignored. Cost: O(N·k·D) for each round, of <see cref="MostRounds"/> at most.
/// </remarks>
/// <param name="name">The name by which it is chosen and stored.</param>
/// <param name="clusters">Number of clusters k; null for √(N / 2), at least 1 and at most 64.</param>
/// <param name="seed">Seed of the first centres.</param>
public sealed class KMeansDetector(string name, int? clusters = null, int seed = 0)
    : FormulaDetector(name, FeatureScaling.UnitLength)
{
    /// <summary>Rounds after which the centres are taken as they are.</summary>
    public const int MostRounds = 100;

    /// <summary>Most clusters where no number is given.</summary>
    private const int MostUsualClusters = 64;

    private const string Centres = "centres";

    internal override IEnumerable<(string Name, Tensor Value)> FitState(TrainingRows rows)
    {
        var k = clusters ?? (int)Math.Clamp(Math.Round(Math.Sqrt(rows.Count / 2.0)), 1, MostUsualClusters);
        if (k < 1 || k > rows.Count)
            throw new StatisticsException(
                StatisticsFault.TooFewRows, $"{Name} asks for {k} clusters of {rows.Count} rows: give more images, or ask for fewer.");
        var order = tensor(ContentOrder.Of(rows.Inputs, seed)).to(rows.Rows.device);
        var ordered = rows.Rows.index_select(0, order);                          // [N, D]
        return [(Centres, Refined(ordered, FirstCentres(ordered, k)))];
    }

    internal override long RequireState(StoredState state) => state.Get(Centres, StoredState.Any, StoredState.Any).shape[1];

    internal override long ColumnsOf(StoredState state) => state[Centres].shape[0];

    internal override Tensor ScoreRows(StoredState state, Tensor rows)
    {
        var nearest = state[Centres].index_select(0, Neighbours.OfPlace(rows, state[Centres], 1)); // [B, D]
        return (rows - nearest).square().sum(1).sqrt();                          // [B]
    }

    /// <summary>Each centre is a row drawn with a chance proportional to its squared distance to those before.</summary>
    private Tensor FirstCentres(Tensor rows, int k)
    {
        var random = new Random(seed);
        using var scope = NewDisposeScope();
        var chosen = new List<long> { 0 };                                       // the order is a shuffle already
        var distances = (rows - rows[0]).square().sum(1);                        // [N]
        while (chosen.Count < k)
        {
            using var inner = NewDisposeScope();
            var sums = distances.cumsum(0);                                      // [N]
            var drawn = sums.lt(random.NextDouble() * sums[-1].item<double>()).sum(dim: 0).item<long>();
            chosen.Add(Math.Min(drawn, rows.shape[0] - 1));
            distances = minimum(distances, (rows - rows[chosen[^1]]).square().sum(1)).MoveToOuterDisposeScope();
        }
        return rows.index_select(0, tensor(chosen.ToArray()).to(rows.device)).MoveToOuterDisposeScope();
    }

    /// <summary>Lloyd's rounds, until no row changes its centre.</summary>
    private static Tensor Refined(Tensor rows, Tensor centres)
    {
        using var scope = NewDisposeScope();
        var before = full(rows.shape[0], -1L, ScalarType.Int64, rows.device);    // [N]
        for (var round = 0; round < MostRounds; round++)
        {
            using var inner = NewDisposeScope();
            var columns = Math.Max(rows.shape[1], centres.shape[0]);
            var nearest = RowChunks.Map(rows, columns, chunk => Neighbours.OfPlace(chunk, centres, 1));
            if (nearest.eq(before).all().item<bool>()) break;
            var counts = nearest.bincount(null, minlength: centres.shape[0]).to(ScalarType.Float64);     // [k]
            var means = zeros_like(centres).index_add_(0, nearest, rows, 1) / counts.clamp_min(1).unsqueeze(1);
            centres = where(counts.gt(0).unsqueeze(1), means, centres).MoveToOuterDisposeScope();  // [k, D]
            before = nearest.MoveToOuterDisposeScope();
        }
        return centres.clone().MoveToOuterDisposeScope();
    }
}
