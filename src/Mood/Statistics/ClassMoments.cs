using static TorchSharp.torch;

namespace MoodStream.Mood.Statistics;

/// <summary>
/// Weight and mean of each class, and one within-class scatter W that all classes share, all in float64. Immutable:
/// every operation gives new moments, which the caller disposes. The total scatter comes for free: T = W +
/// between-class part.
/// </summary>
/// <remarks>
/// Source: Chan, Golub and LeVeque 1983, eq. (2.1), for each class; Lee et al. 2018, "A Simple Unified Framework for
/// Detecting Out-of-Distribution Samples and Adversarial Attacks", eq. (1), arXiv:1807.03888, for the shared scatter.
/// Memory: O(K·D + D²). Thread-safety: reading is safe from several threads; disposing is not.
/// </remarks>
public sealed class ClassMoments : IDisposable
{
    private const double RemovalTolerance = 1e-9;

    /// <summary>Share of a weight up to which rounding may leave something where nothing is left.</summary>
    private const double WeightRounding = 1e-12;

    private ClassMoments(Tensor weights, Tensor squaredWeights, Tensor means, Tensor within)
    {
        Weights = weights.DetachFromDisposeScope();
        SquaredWeights = squaredWeights.DetachFromDisposeScope();
        Means = means.DetachFromDisposeScope();
        Within = within.DetachFromDisposeScope();
    }

    /// <summary>Sum of the weights of each class, shape [K], float64. Owned by this object.</summary>
    public Tensor Weights { get; }

    /// <summary>Sum of the squared weights of each class, shape [K], float64. Owned by this object.</summary>
    public Tensor SquaredWeights { get; }

    /// <summary>Class means μ_k, shape [K, D], float64; zeros for a class without rows. Owned by this object.</summary>
    public Tensor Means { get; }

    /// <summary>Within-class scatter W, shape [D, D], float64. Owned by this object.</summary>
    public Tensor Within { get; }

    /// <summary>Number of classes K.</summary>
    public int ClassCount => (int)Means.shape[0];

    /// <summary>Number of features D.</summary>
    public int Dimension => (int)Means.shape[1];

    /// <summary>Sum of all weights: the number of rows, unless some were forgotten.</summary>
    public double Weight => Reduce.Total(Weights);

    /// <summary>Effective sample size over all classes, (sum of weights)² / sum of squared weights.</summary>
    public double EffectiveSize
    {
        get
        {
            double weight = Weight, squared = Reduce.Total(SquaredWeights);
            return squared == 0 ? 0 : weight * weight / squared;
        }
    }

    /// <summary>Moments of no row.</summary>
    /// <param name="classes">Number of classes K, at least 1.</param>
    /// <param name="dimension">Number of features D, at least 1.</param>
    /// <param name="device">Where; the CPU if null.</param>
    public static ClassMoments Empty(int classes, int dimension, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        using var scope = NewDisposeScope();
        return new ClassMoments(
            zeros(classes, ScalarType.Float64, device),
            zeros(classes, ScalarType.Float64, device),
            zeros(classes, dimension, ScalarType.Float64, device),
            zeros(dimension, dimension, ScalarType.Float64, device));
    }

    /// <summary>Moments of labelled rows, each of weight 1.</summary>
    /// <param name="batch">Rows, shape [B, D], any floating type.</param>
    /// <param name="labels">Class of each row, shape [B], int64, in [0, K).</param>
    /// <param name="classes">Number of classes K, at least 1.</param>
    /// <exception cref="ArgumentException">The shapes disagree, a type is wrong, or a label is outside [0,
    /// K).</exception>
    /// <exception cref="StatisticsException">A row holds NaN or infinity.</exception>
    public static ClassMoments Of(Tensor batch, Tensor labels, int classes)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var rows = FeatureRows.Finite(batch);                                    // [B, D]
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        FeatureRows.RequireLabels(labels, rows.shape[0], classes);
        var weights = zeros(classes, ScalarType.Float64, rows.device);           // [K]
        weights.index_add_(0, labels, ones_like(labels, ScalarType.Float64), 1);
        var means = zeros(classes, rows.shape[1], ScalarType.Float64, rows.device);
        means.index_add_(0, labels, rows, 1);                                    // [K, D]
        means.div_(weights.clamp_min(1).unsqueeze(1));
        var centred = Centred(rows, means, labels);                              // [B, D]
        return new ClassMoments(weights, weights.clone(), means, SymmetricProduct.Of(centred, centred));
    }

    /// <summary>Moments of labelled rows, each of a weight of its own.</summary>
    /// <param name="batch">Rows, shape [B, D], any floating type.</param>
    /// <param name="labels">Class of each row, shape [B], int64, in [0, K).</param>
    /// <param name="classes">Number of classes K, at least 1.</param>
    /// <param name="rowWeights">Weight of each row, shape [B], float64, above 0.</param>
    /// <inheritdoc cref="Of" path="/exception"/>
    public static ClassMoments OfWeighted(Tensor batch, Tensor labels, int classes, Tensor rowWeights)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var rows = FeatureRows.Finite(batch);                                    // [B, D]
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        FeatureRows.RequireLabels(labels, rows.shape[0], classes);
        if (rowWeights.dtype != ScalarType.Float64 || rowWeights.dim() != 1 || rowWeights.shape[0] != rows.shape[0]
            || !rowWeights.gt(0).all().item<bool>())
            throw new ArgumentException($"{rows.shape[0]} float64 weights above 0 are wanted.", nameof(rowWeights));
        var weights = zeros(classes, ScalarType.Float64, rows.device).index_add_(0, labels, rowWeights, 1);
        var squared = zeros(classes, ScalarType.Float64, rows.device).index_add_(0, labels, rowWeights.square(), 1);
        var means = zeros(classes, rows.shape[1], ScalarType.Float64, rows.device);
        means.index_add_(0, labels, rows * rowWeights.unsqueeze(1), 1);          // [K, D]
        means.div_(NotZero(weights).unsqueeze(1));
        var centred = Centred(rows, means, labels);                              // [B, D]
        return new ClassMoments(weights, squared, means, SymmetricProduct.Of(centred * rowWeights.unsqueeze(1), centred));
    }

    /// <summary>Moments from their parts, for instance out of a checkpoint. The tensors are copied.</summary>
    /// <param name="weights">Weights, shape [K], float64, at least 0.</param>
    /// <param name="squaredWeights">Squared weights, shape [K], float64, at least 0.</param>
    /// <param name="means">Class means, shape [K, D], float64.</param>
    /// <param name="within">Within-class scatter, shape [D, D], float64.</param>
    /// <exception cref="StatisticsException">The parts are not the moments of anything.</exception>
    public static ClassMoments Restore(Tensor weights, Tensor squaredWeights, Tensor means, Tensor within)
    {
        using var scope = NewDisposeScope();
        StoredTensor.RequireAxes(means, "means", 2);
        long classes = means.shape[0], dimension = means.shape[1];
        StoredTensor.Require(weights, "weights", classes);
        StoredTensor.Require(squaredWeights, "squared weights", classes);
        StoredTensor.Require(means, "means", classes, dimension);
        StoredTensor.Require(within, "within", dimension, dimension);
        if (!weights.ge(0).logical_and(weights.gt(0).eq(squaredWeights.gt(0))).all().item<bool>())
            throw new StatisticsException(StatisticsFault.Inconsistent, "The weights belong to no rows.");
        return new ClassMoments(weights.clone(), squaredWeights.clone(), means.clone(), within.clone());
    }

    /// <summary>These moments and labelled rows, each of weight 1.</summary>
    /// <inheritdoc cref="Of" path="/param[@name='batch']|/param[@name='labels']|/exception"/>
    public ClassMoments Add(Tensor batch, Tensor labels)
    {
        using var added = Of(batch, labels, ClassCount);
        return Merge(added);
    }

    /// <summary>Moments of the rows of both, class by class.</summary>
    /// <exception cref="ArgumentException">The other has another number of classes or features.</exception>
    public ClassMoments Merge(ClassMoments other)
    {
        RequireSameShape(other);
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var weights = Weights + other.Weights;                                   // [K]
        var share = other.Weights / NotZero(weights);                            // [K]
        var offsets = other.Means - Means;                                       // [K, D]
        var means = Means + offsets * share.unsqueeze(1);                        // [K, D]
        var within = Within + other.Within;                                      // [D, D]
        SymmetricProduct.AddTo(within, offsets * (Weights * share).unsqueeze(1), offsets);
        return new ClassMoments(weights, SquaredWeights + other.SquaredWeights, means, within);
    }

    /// <summary>
    /// What is left when rows added earlier are taken out again: the inverse of <see cref="Merge"/>, up to rounding.
    /// </summary>
    /// <exception cref="ArgumentException">The part has another number of classes or features.</exception>
    /// <exception cref="StatisticsException">A class of the part weighs more, or varies more, than here.</exception>
    public ClassMoments Remove(ClassMoments part)
    {
        RequireSameShape(part);
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var weights = Remaining(Weights, part.Weights);                          // [K]
        var squaredWeights = Remaining(SquaredWeights, part.SquaredWeights);     // [K]
        if (FeatureRows.FirstFalse(minimum(weights, squaredWeights).ge(0)) is { } overdrawn)
            throw new StatisticsException(StatisticsFault.RemovedTooMuch, $"More rows of class {overdrawn} are removed than there are.");
        var left = weights.gt(0).logical_and(squaredWeights.gt(0)).to(ScalarType.Float64);
        var share = part.Weights / NotZero(weights) * left;                      // [K]
        var means = (Means + (Means - part.Means) * share.unsqueeze(1)) * left.unsqueeze(1);
        var offsets = part.Means - means;                                        // [K, D]
        var coefficients = weights * part.Weights / NotZero(Weights) * left;     // [K]
        var within = Within - part.Within;                                       // [D, D]
        SymmetricProduct.AddTo(within, offsets * -coefficients.unsqueeze(1), offsets);
        StillAScatter.Require(within, Within, RemovalTolerance);
        return new ClassMoments(weights * left, squaredWeights * left, means, within);
    }

    /// <summary>These moments with every weight scaled down, so that rows added later count for more.</summary>
    /// <param name="factor">Factor λ, in (0, 1]; to forget by λ per sample before a batch of B rows, give λ^B.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is outside (0, 1].</exception>
    public ClassMoments Decay(double factor)
    {
        if (!(factor is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(factor), factor, "The factor is outside (0, 1].");
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        return new ClassMoments(Weights * factor, SquaredWeights * (factor * factor), Means.clone(), Within * factor);
    }

    /// <summary>
    /// Moments with the labels ignored: the mean of all rows and the total scatter T = W + Σ n_k (μ_k − μ)(μ_k − μ)ᵀ.
    /// </summary>
    public Moments Total()
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var weight = Weight;
        if (weight == 0) return Moments.Empty(Dimension, Means.device);
        var mean = Weights.matmul(Means) / weight;                               // [D]
        var offsets = Means - mean;                                              // [K, D]
        var scatter = Within.clone();                                            // [D, D]
        SymmetricProduct.AddTo(scatter, offsets * Weights.unsqueeze(1), offsets);
        return Moments.Adopt(weight, Reduce.Total(SquaredWeights), mean, scatter);
    }

    /// <summary>Tied covariance W / n, shared by all classes.</summary>
    /// <returns>Covariance, shape [D, D], float64. The caller disposes it.</returns>
    /// <exception cref="StatisticsException">There is no row.</exception>
    public Tensor TiedCovariance()
    {
        var weight = Weight;
        if (weight == 0) throw new StatisticsException(StatisticsFault.NoRows, "There is no row, so there is no covariance.");
        return Within / weight;
    }

    /// <summary>Global covariance T / n, labels ignored.</summary>
    /// <inheritdoc cref="TiedCovariance" path="/returns|/exception"/>
    public Tensor GlobalCovariance()
    {
        using var total = Total();
        return total.Covariance();
    }

    /// <summary>Refuses moments in which a class has no row: a mean of nothing would lie at the origin and attract images.</summary>
    /// <exception cref="StatisticsException">A class has no row.</exception>
    public void RequireEveryClass() => FeatureRows.RequireEveryClass(Weights);

    /// <inheritdoc/>
    public void Dispose()
    {
        Weights.Dispose();
        SquaredWeights.Dispose();
        Means.Dispose();
        Within.Dispose();
    }

    /// <summary>What is left of weights; a difference that rounding alone explains is none.</summary>
    private static Tensor Remaining(Tensor weights, Tensor removed)
    {
        var left = weights - removed;                                            // [K]
        return left.masked_fill(left.abs().le(weights * WeightRounding), 0);
    }

    /// <summary>Rows without the mean of their class, shape [B, D].</summary>
    private static Tensor Centred(Tensor rows, Tensor means, Tensor labels) =>
        rows - (means.shape[0] == 1 ? means : means.index_select(0, labels));

    private static Tensor NotZero(Tensor weights) => weights.masked_fill(weights.eq(0), 1);

    private void RequireSameShape(ClassMoments other)
    {
        if (other.ClassCount != ClassCount || other.Dimension != Dimension)
            throw new ArgumentException(
                $"{other.ClassCount} classes of {other.Dimension} features where {ClassCount} of {Dimension} are wanted.", nameof(other));
    }
}
