using static TorchSharp.torch;

namespace MoodStream.Mood.Statistics;

/// <summary>How the weight of the scaled identity in a covariance is chosen.</summary>
public enum ShrinkageRule
{
    /// <summary>No identity: the covariance as it is.</summary>
    None,

    /// <summary>Oracle approximating shrinkage; needs nothing but the covariance and n.</summary>
    Oas,

    /// <summary>Ledoit and Wolf; needs the fourth moment of the rows as well.</summary>
    LedoitWolf,

    /// <summary>A given weight.</summary>
    Fixed,
}

/// <summary>Shrinkage of a covariance towards the scaled identity: (1 − ρ) Σ + ρ (tr Σ / D) I.</summary>
public sealed record Shrinkage
{
    private Shrinkage(ShrinkageRule rule, double? intensity = null) => (Rule, FixedIntensity) = (rule, intensity);

    /// <summary>ρ = 0.</summary>
    public static Shrinkage None { get; } = new(ShrinkageRule.None);

    /// <summary>ρ by oracle approximating shrinkage (Chen et al. 2010).</summary>
    public static Shrinkage Oas { get; } = new(ShrinkageRule.Oas);

    /// <summary>ρ by Ledoit and Wolf 2004.</summary>
    public static Shrinkage LedoitWolf { get; } = new(ShrinkageRule.LedoitWolf);

    /// <summary>A given ρ.</summary>
    /// <param name="intensity">ρ, in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The intensity is outside [0, 1].</exception>
    public static Shrinkage Fixed(double intensity) => intensity is >= 0 and <= 1
        ? new Shrinkage(ShrinkageRule.Fixed, intensity)
        : throw new ArgumentOutOfRangeException(nameof(intensity), intensity, "The intensity is outside [0, 1].");

    /// <summary>How ρ is chosen.</summary>
    public ShrinkageRule Rule { get; }

    /// <summary>The given ρ of <see cref="ShrinkageRule.Fixed"/>; null with every other rule.</summary>
    public double? FixedIntensity { get; }

    /// <summary>The intensity ρ for a covariance.</summary>
    /// <param name="covariance">Population covariance Σ, shape [D, D], float64.</param>
    /// <param name="effectiveSize">Effective number n of rows behind it, above 0.</param>
    /// <param name="fourthMoment">Mean of ‖x − mean‖⁴ over the rows; only Ledoit-Wolf needs it.</param>
    /// <returns>ρ, in [0, 1].</returns>
    /// <exception cref="StatisticsException">Ledoit-Wolf was asked for without the fourth moment.</exception>
    /// <remarks>
    /// Source: Chen, Wiesel, Eldar and Hero 2010, "Shrinkage Algorithms for MMSE Covariance Estimation", eq. (23), in
    /// the form that drops its 2 / D terms, as scikit-learn 1.2 does; Ledoit and Wolf 2004, "A well-conditioned
    /// estimator for large-dimensional covariance matrices", section 3.3. Cost: O(D²). Thread-safety: pure.
    /// </remarks>
    public double Intensity(Tensor covariance, double effectiveSize, double? fourthMoment = null) => Rule switch
    {
        ShrinkageRule.None => 0,
        ShrinkageRule.Fixed => FixedIntensity!.Value,
        ShrinkageRule.Oas => OasIntensity(covariance, effectiveSize),
        _ => LedoitWolfIntensity(covariance, effectiveSize, fourthMoment),
    };

    /// <summary>The shrunk covariance (1 − ρ) Σ + ρ (tr Σ / D) I.</summary>
    /// <param name="covariance">Covariance Σ, shape [D, D], float64.</param>
    /// <param name="intensity">ρ, in [0, 1].</param>
    /// <returns>Shrunk covariance, shape [D, D], float64. The caller disposes it.</returns>
    public static Tensor Apply(Tensor covariance, double intensity)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var meanVariance = Reduce.Trace(covariance) / covariance.shape[0];
        var shrunk = covariance * (1 - intensity);                               // [D, D]
        shrunk.diagonal().add_(intensity * meanVariance);
        return shrunk.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Mean of ‖x − mean‖⁴ over rows of length 1, in closed form: (1 − ‖μ‖²)² + 4 μᵀ Σ μ. Lets Ledoit-Wolf stream.
    /// </summary>
    /// <param name="mean">Mean μ of the rows, shape [D], float64.</param>
    /// <param name="covariance">Population covariance Σ of the rows, shape [D, D], float64.</param>
    public static double FourthMomentOfUnitRows(Tensor mean, Tensor covariance)
    {
        using var scope = NewDisposeScope();
        var squaredLength = mean.dot(mean).item<double>();
        var alongMean = mean.dot(covariance.matmul(mean)).item<double>();
        return (1 - squaredLength) * (1 - squaredLength) + 4 * alongMean;
    }

    private static double OasIntensity(Tensor covariance, double size)
    {
        using var scope = NewDisposeScope();
        double dimension = covariance.shape[0], mean = Reduce.Trace(covariance) / dimension;
        var alpha = Reduce.Total(covariance.square()) / (dimension * dimension);
        var denominator = (size + 1) * (alpha - mean * mean / dimension);
        return denominator <= 0 ? 1 : Math.Min(1, (alpha + mean * mean) / denominator);
    }

    private static double LedoitWolfIntensity(Tensor covariance, double size, double? fourthMoment)
    {
        if (fourthMoment is not { } fourth)
            throw new StatisticsException(StatisticsFault.NoFourthMoment, "Ledoit-Wolf shrinkage needs the fourth moment of the rows.");
        using var scope = NewDisposeScope();
        double dimension = covariance.shape[0], mean = Reduce.Trace(covariance) / dimension;
        var squared = Reduce.Total(covariance.square());
        var delta = squared / dimension - mean * mean;
        var beta = Math.Min((fourth - squared) / (dimension * size), delta);
        return beta <= 0 || delta <= 0 ? 0 : beta / delta;
    }
}
