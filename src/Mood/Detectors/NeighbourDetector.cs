using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>Euclidean distance to the k-th nearest training row, by exact search.</summary>
/// <remarks>
/// Source: Sun et al. 2022, "Out-of-Distribution Detection with Deep Nearest Neighbors", eq. (4), arXiv:2204.06507;
/// with k = 1 and the cosine, metric "cos" of the MOOD release (Li et al. 2023).
/// Differs: exact where the programs may use an approximate index; in float64; distances not squared; no 1e-10 added to
/// the coordinates. The neighbour is found by one matrix product, and its distance computed from the difference, free of
/// cancellation. Cost: O(B·M·D) for M rows kept; memory O(M·D) for the state and O(chunk · M) for temporaries, each
/// within 32 MiB (see <see cref="RowChunks"/>).
/// </remarks>
/// <param name="name">The name by which it is chosen and stored.</param>
/// <param name="recipe">Which rows are kept, and what is measured.</param>
public sealed class NeighbourDetector(string name, NeighbourRecipe recipe) : FormulaDetector(name, recipe.Scaling)
{
    private const string Kept = "rows";
    private const string Neighbour = "neighbour";

    /// <summary>Which rows are kept, and what is measured.</summary>
    public NeighbourRecipe Recipe { get; } = recipe;

    internal override IEnumerable<(string Name, Tensor Value)> FitState(TrainingRows rows)
    {
        var kept = Recipe.KeptOf(rows.Count, rows.Dimension);
        var neighbour = Recipe.NeighbourOf(kept);
        if (neighbour < 1 || neighbour > kept)
            throw new StatisticsException(
                StatisticsFault.TooFewRows,
                $"{Name} asks for neighbour {neighbour} of {kept} rows: give more images, or ask for a nearer one.");
        var sample = kept == rows.Count ? rows.Rows.clone() : Sample(rows, kept);
        return [(Kept, sample), StoredState.Of(Neighbour, neighbour)];
    }

    internal override long RequireState(StoredState state)
    {
        var rows = state.Get(Kept, StoredState.Any, StoredState.Any);
        state.Count(Neighbour, rows.shape[0]);
        return rows.shape[1];
    }

    internal override long ColumnsOf(StoredState state) => state[Kept].shape[0];

    internal override Tensor ScoreRows(StoredState state, Tensor rows)
    {
        var kept = state[Kept];                                                  // [M, D]
        var place = Neighbours.OfPlace(rows, kept, state.Count(Neighbour, kept.shape[0]));
        var squared = (rows - kept.index_select(0, place)).square().sum(1);      // [B]
        return Recipe.IsCosine ? squared / 2 : squared.sqrt();
    }

    private Tensor Sample(TrainingRows rows, long kept)
    {
        var order = ContentOrder.Of(rows.Inputs, Recipe.Seed);
        return rows.Rows.index_select(0, tensor(order[..(int)kept]).to(rows.Rows.device));
    }
}
