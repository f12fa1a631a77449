using static TorchSharp.torch;

namespace MoodStream.Mood.Statistics;

/// <summary>
/// Weight n, mean and scatter of rows, all in float64. Immutable: every operation gives new moments, which the caller
/// disposes. Moments of parts merge into the moments of the whole, in any order.
/// </summary>
/// <remarks>
/// Source: Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance", eq. (2.1).
/// Memory: one [D, D] matrix in float64; an addition holds two more for its duration.
/// Thread-safety: reading is safe from several threads; disposing is not.
/// </remarks>
public sealed class Moments : IDisposable
{
    /// <summary>Share of the largest variance by which rounding may make a removed variance negative.</summary>
    private const double RemovalTolerance = 1e-9;

    private Moments(double weight, double squaredWeight, Tensor mean, Tensor scatter)
    {
        (Weight, SquaredWeight) = (weight, squaredWeight);
        Mean = mean.DetachFromDisposeScope();
        Scatter = scatter.DetachFromDisposeScope();
    }

    /// <summary>Sum of the weights of the rows: their number, unless some were forgotten.</summary>
    public double Weight { get; }

    /// <summary>Sum of the squared weights of the rows.</summary>
    public double SquaredWeight { get; }

    /// <summary>
    /// Effective sample size, (sum of weights)² / sum of squared weights: the number of equally weighted rows worth as
    /// much.
    /// </summary>
    public double EffectiveSize => Weight == 0 ? 0 : Weight * Weight / SquaredWeight;

    /// <summary>Mean, shape [D], float64; zeros where there is no row. Owned by this object.</summary>
    public Tensor Mean { get; }

    /// <summary>Centred second moment Σ w (x − mean)(x − mean)ᵀ, shape [D, D], float64. Owned by this object.</summary>
    public Tensor Scatter { get; }

    /// <summary>Number of features D.</summary>
    public int Dimension => (int)Mean.shape[0];

    /// <summary>Moments of no row.</summary>
    /// <param name="dimension">Number of features D, at least 1.</param>
    /// <param name="device">Where; the CPU if null.</param>
    public static Moments Empty(int dimension, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        using var scope = NewDisposeScope();
        return new Moments(0, 0, zeros(dimension, ScalarType.Float64, device), zeros(dimension, dimension, ScalarType.Float64, device));
    }

    /// <summary>Moments of the rows of a batch, each of weight 1.</summary>
    /// <param name="batch">Rows, shape [B, D], any floating type.</param>
    /// <exception cref="ArgumentException">The shape is not [B, D], or the type is not floating.</exception>
    /// <exception cref="StatisticsException">A row holds NaN or infinity.</exception>
    public static Moments Of(Tensor batch)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var rows = FeatureRows.Finite(batch);                                    // [B, D]
        if (rows.shape[0] == 0) return Empty((int)rows.shape[1], rows.device);
        var mean = rows.mean([0L]);                                              // [D]
        var centred = rows - mean;                                               // [B, D]
        return new Moments(rows.shape[0], rows.shape[0], mean, SymmetricProduct.Of(centred, centred));
    }

    /// <summary>Moments from their parts, for instance out of a checkpoint. The tensors are copied.</summary>
    /// <param name="weight">Sum of weights, finite, at least 0.</param>
    /// <param name="squaredWeight">Sum of squared weights, finite, at least 0.</param>
    /// <param name="mean">Mean, shape [D], float64, finite.</param>
    /// <param name="scatter">Scatter, shape [D, D], float64, finite.</param>
    /// <exception cref="StatisticsException">The parts are not the moments of anything.</exception>
    public static Moments Restore(double weight, double squaredWeight, Tensor mean, Tensor scatter)
    {
        using var scope = NewDisposeScope();
        StoredTensor.RequireAxes(mean, "mean", 1);
        StoredTensor.Require(mean, "mean", mean.shape[0]);
        StoredTensor.Require(scatter, "scatter", mean.shape[0], mean.shape[0]);
        if (!(double.IsFinite(weight) && weight >= 0 && double.IsFinite(squaredWeight) && squaredWeight >= 0 && (weight > 0) == (squaredWeight > 0)))
            throw new StatisticsException(StatisticsFault.Inconsistent, $"Weight {weight} and squared weight {squaredWeight} belong to no rows.");
        return new Moments(weight, squaredWeight, mean.clone(), scatter.clone());
    }

    /// <summary>These moments and the rows of a batch, each of weight 1.</summary>
    /// <inheritdoc cref="Of" path="/param|/exception"/>
    public Moments Add(Tensor batch)
    {
        using var added = Of(batch);
        return Merge(added);
    }

    /// <summary>Moments of the rows of both.</summary>
    /// <exception cref="ArgumentException">The other has another number of features.</exception>
    public Moments Merge(Moments other)
    {
        RequireSameDimension(other);
        if (other.Weight == 0) return Copy(this);
        if (Weight == 0) return Copy(other);
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var weight = Weight + other.Weight;
        var offset = other.Mean - Mean;                                          // [D]
        var mean = Mean + offset * (other.Weight / weight);                      // [D]
        var between = outer(offset, offset) * (Weight * other.Weight / weight);  // [D, D]
        return new Moments(weight, SquaredWeight + other.SquaredWeight, mean, Scatter + other.Scatter + between);
    }

    /// <summary>
    /// What is left when rows added earlier are taken out again: the inverse of <see cref="Merge"/>, up to rounding.
    /// </summary>
    /// <exception cref="ArgumentException">The part has another number of features.</exception>
    /// <exception cref="StatisticsException">The part weighs more, or varies more, than these moments.</exception>
    public Moments Remove(Moments part)
    {
        RequireSameDimension(part);
        var weight = Weight - part.Weight;
        var squaredWeight = SquaredWeight - part.SquaredWeight;
        if (weight < 0 || squaredWeight < 0)
            throw new StatisticsException(StatisticsFault.RemovedTooMuch, $"A weight of {part.Weight} cannot be removed from {Weight}.");
        if (part.Weight == 0) return Copy(this);
        if (weight == 0 || squaredWeight == 0) return Empty(Dimension, Mean.device);
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var mean = Mean + (Mean - part.Mean) * (part.Weight / weight);           // [D]
        var offset = part.Mean - mean;                                           // [D]
        var between = outer(offset, offset) * (weight * part.Weight / Weight);   // [D, D]
        var scatter = Scatter - part.Scatter - between;                          // [D, D]
        StillAScatter.Require(scatter, Scatter, RemovalTolerance);
        return new Moments(weight, squaredWeight, mean, scatter);
    }

    /// <summary>These moments with every weight scaled down, so that rows added later count for more.</summary>
    /// <param name="factor">Factor λ, in (0, 1]; to forget by λ per sample before a batch of B rows, give λ^B.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is outside (0, 1].</exception>
    public Moments Decay(double factor)
    {
        if (!(factor is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(factor), factor, "The factor is outside (0, 1].");
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        return new Moments(Weight * factor, SquaredWeight * factor * factor, Mean.clone(), Scatter * factor);
    }

    /// <summary>Population covariance, scatter / n.</summary>
    /// <returns>Covariance, shape [D, D], float64. The caller disposes it.</returns>
    /// <exception cref="StatisticsException">There is no row.</exception>
    public Tensor Covariance() =>
        Weight > 0 ? Scatter / Weight : throw new StatisticsException(StatisticsFault.NoRows, "There is no row, so there is no covariance.");

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Scatter.Dispose();
    }

    private static Moments Copy(Moments moments)
    {
        using var scope = NewDisposeScope();
        return new Moments(moments.Weight, moments.SquaredWeight, moments.Mean.clone(), moments.Scatter.clone());
    }

    private void RequireSameDimension(Moments other)
    {
        if (other.Dimension != Dimension) throw new ArgumentException($"{other.Dimension} features where {Dimension} are wanted.", nameof(other));
    }

    internal static Moments Adopt(double weight, double squaredWeight, Tensor mean, Tensor scatter) => new(weight, squaredWeight, mean, scatter);
}
