using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>What is done to the length of a feature before anything else.</summary>
public enum FeatureScaling
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Divided by its length: x / ‖x‖. A zero row has no direction.</summary>
    UnitLength,

    /// <summary>Divided as the MOOD release does: x / (‖x‖ + 1e-10). A zero row stays zero.</summary>
    UnitLengthWithOffset,
}

/// <summary>Applies a <see cref="FeatureScaling"/> in float64.</summary>
internal static class FeatureScalingExtensions
{
    /// <summary>What the MOOD release adds to a length.</summary>
    private const double LengthOffset = 1e-10;

    /// <summary>Scaled rows; a row that cannot be scaled becomes NaN.</summary>
    /// <param name="scaling">What to do.</param>
    /// <param name="rows">Rows, shape [B, D], float64.</param>
    /// <returns>Scaled rows, shape [B, D], float64. The caller's scope owns them.</returns>
    public static Tensor Apply(this FeatureScaling scaling, Tensor rows)
    {
        if (scaling == FeatureScaling.None) return rows;
        var divisors = scaling.Divisors(rows);                                   // [B, 1]
        return (rows / divisors).masked_fill(Usable(divisors).logical_not(), double.NaN);
    }

    /// <summary>Scaled rows for a fit, where every one must be usable.</summary>
    /// <param name="scaling">What to do.</param>
    /// <param name="rows">Rows, shape [B, D], float64, finite.</param>
    /// <returns>Scaled rows, shape [B, D], float64. The caller's scope owns them.</returns>
    /// <exception cref="StatisticsException">A row has no direction; the message names it.</exception>
    public static Tensor ApplyToAll(this FeatureScaling scaling, Tensor rows)
    {
        if (scaling == FeatureScaling.None) return rows;
        var divisors = scaling.Divisors(rows);                                   // [B, 1]
        if (FeatureRows.FirstFalse(Usable(divisors).squeeze(1)) is { } row)
            throw new StatisticsException(StatisticsFault.NoDirection, $"Row {row} is zero or too large, so it has no direction to normalise.");
        return rows / divisors;                                                  // [B, D]
    }

    private static Tensor Divisors(this FeatureScaling scaling, Tensor rows)
    {
        var lengths = linalg.vector_norm(rows, ord: 2, dims: [1], keepdim: true);          // [B, 1]
        return scaling == FeatureScaling.UnitLengthWithOffset ? lengths + LengthOffset : lengths;
    }

    private static Tensor Usable(Tensor divisors) => divisors.isfinite().logical_and(divisors.ne(0));
}
