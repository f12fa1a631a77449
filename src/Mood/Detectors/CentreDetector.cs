using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>How long the way to the centre is.</summary>
public enum DistanceNorm
{
    /// <summary>√Σ d_j².</summary>
    Euclidean,

    /// <summary>Σ |d_j|.</summary>
    Manhattan,

    /// <summary>max_j |d_j|.</summary>
    Chebyshev,
}

/// <summary>Distance to the mean of unit-length training features, every dimension alike.</summary>
/// <remarks>
/// Source: metrics "euclidean", "minkowski" (which is the sum of absolute differences) and "chebyshev" of the MOOD
/// release (Li et al. 2023). Differs: nothing. Cost: O(B·D).
/// </remarks>
/// <param name="name">The name by which it is chosen and stored.</param>
/// <param name="norm">How long the way is.</param>
public sealed class CentreDetector(string name, DistanceNorm norm) : FormulaDetector(name, FeatureScaling.UnitLength)
{
    private const string Mean = "mean";

    internal override IEnumerable<(string Name, Tensor Value)> FitState(TrainingRows rows) => [(Mean, rows.Rows.mean([0L]))];

    internal override long RequireState(StoredState state) => state.Get(Mean, StoredState.Any).shape[0];

    internal override Tensor ScoreRows(StoredState state, Tensor rows)
    {
        var offsets = rows - state[Mean];                                        // [B, D]
        return norm switch
        {
            DistanceNorm.Euclidean => offsets.square().sum(1).sqrt(),
            DistanceNorm.Manhattan => offsets.abs().sum(1),
            _ => offsets.abs().amax([1L]),
        };
    }
}
