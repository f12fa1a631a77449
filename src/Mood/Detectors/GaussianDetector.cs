using MoodStream.Mood.Statistics;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>
/// Squared Mahalanobis distance to the nearest class mean, with one covariance for all classes. Larger is further out.
/// </summary>
/// <remarks>
/// Source: Lee et al. 2018, "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial
/// Attacks", eq. (2), arXiv:1807.03888 (tied); Li et al. 2023, "Rethinking Out-of-distribution (OOD) Detection: Masked
/// Image Modeling Is All You Need" (one global Gaussian on L2-normalised features); Mueller and Hein 2025,
/// "Mahalanobis++" (tied and L2-normalised).
/// Differs: shrunk and factored, never inverted; in float64; squared, without a factor of one half.
/// </remarks>
public sealed class GaussianDetector : Detector, IMomentDetector
{
    /// <summary>What SSD adds to a standard deviation, so that a constant feature does not divide by zero.</summary>
    private const double DeviationOffset = 1e-10;

    /// <summary>Makes a detector of a recipe.</summary>
    /// <param name="name">The name by which it is chosen and stored.</param>
    /// <param name="recipe">How it fits.</param>
    /// <exception cref="ArgumentException">The recipe contradicts itself.</exception>
    public GaussianDetector(string name, GaussianRecipe recipe) : base(name, recipe.Input)
    {
        if (recipe.Standardises && recipe.RelativeEigenCut is null)
            throw new ArgumentException("A recipe that standardises needs an eigenvalue cut.", nameof(recipe));
        if (recipe.IsLogDensity && recipe.RelativeEigenCut is not null)
            throw new ArgumentException("A density over the directions that a cut leaves is none.", nameof(recipe));
        Recipe = recipe;
    }

    /// <summary>How it fits.</summary>
    public GaussianRecipe Recipe { get; }

    /// <inheritdoc/>
    public override bool UsesLabels => Recipe.UsesLabels;

    /// <inheritdoc/>
    /// <remarks>Cost: O(N·D² + D³); memory a few [D, D] matrices in float64 beside the rows.</remarks>
    public override FittedDetector Fit(Tensor inputs, Tensor? labels = null, LinearClassifier? classifier = null)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var rows = TrainingRows.Of(this, Recipe.Scaling, inputs, labels, classifier);
        var (moments, fourth) = Gather(rows);
        using (moments) return Fit(moments, fourth);
    }

    /// <summary>Fits to moments gathered earlier, from rows that went through <see cref="Scale"/>.</summary>
    /// <param name="moments">Class moments of scaled rows; where labels are not used, they are ignored.</param>
    /// <param name="fourthMoment">Mean of ‖x − class mean‖⁴; only Ledoit-Wolf needs it.</param>
    /// <returns>The fitted detector. The caller disposes it.</returns>
    /// <exception cref="StatisticsException">The moments do not allow a fit; the fault says why.</exception>
    public FittedGaussian Fit(ClassMoments moments, double? fourthMoment = null)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        if (UsesLabels) moments.RequireEveryClass();
        using var total = moments.Total();
        var covariance = UsesLabels ? moments.TiedCovariance() : total.Covariance();               // [D, D]
        var intensity = Recipe.Shrinkage.Intensity(covariance, moments.EffectiveSize, fourthMoment);
        var shrunk = Shrinkage.Apply(covariance, intensity);                                       // [D, D]
        var whitening = WhiteningOf(shrunk, out var spectrum);
        var diagnostics = new FitDiagnostics(intensity, moments.EffectiveSize, spectrum.Condition);
        var means = UsesLabels ? moments.Means : total.Mean.unsqueeze(0);                          // [K, D]
        return new FittedGaussian(this, whitening, total.Mean.clone(), means.clone(), diagnostics);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The fourth moment that Ledoit-Wolf needs has a closed form for one Gaussian of rows of length 1; with classes or
    /// rows of any length it is not known, and that is refused.
    /// </remarks>
    FittedDetector IMomentDetector.Fit(ClassMoments moments) => Fit(moments, FourthMomentOf(moments));

    /// <inheritdoc/>
    public Tensor Scale(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        return Recipe.Scaling.ApplyToAll(FeatureRows.Finite(inputs)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override FittedDetector Restore(IReadOnlyDictionary<string, Tensor> state) => FittedGaussian.Restore(this, state);

    /// <summary>What a fit to rows is made from, in one pass over them (two for Ledoit-Wolf).</summary>
    /// <returns>Class moments, which the caller disposes, and the fourth moment if the shrinkage needs it.</returns>
    internal (ClassMoments Moments, double? FourthMoment) Gather(TrainingRows rows)
    {
        var moments = ClassMoments.Empty(UsesLabels ? rows.Classes : 1, (int)rows.Dimension, rows.Rows.device);
        foreach (var (start, length) in RowChunks.Of(rows.Count, rows.Dimension))
        {
            using var scope = NewDisposeScope();
            using var before = moments;
            moments = before.Add(rows.Rows.narrow(0, start, length), LabelsOf(rows).narrow(0, start, length));
        }
        return (moments, FourthMomentOf(rows, moments.Means));
    }

    /// <summary>Mean of ‖x − class mean‖⁴; null where the shrinkage does not need it.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="means">Class means, shape [K, D], or the one mean, shape [1, D]; computed if null.</param>
    internal double? FourthMomentOf(TrainingRows rows, Tensor? means = null)
    {
        if (Recipe.Shrinkage.Rule != ShrinkageRule.LedoitWolf) return null;
        using var scope = NewDisposeScope();
        means ??= rows.Rows.mean([0L], keepdim: true);                           // [K, D]
        double sum = 0;
        foreach (var (start, length) in RowChunks.Of(rows.Count, rows.Dimension))
        {
            using var inner = NewDisposeScope();
            var own = means.index_select(0, LabelsOf(rows).narrow(0, start, length));              // [chunk, D]
            sum += Reduce.Total((rows.Rows.narrow(0, start, length) - own).square().sum(1).square());
        }
        return sum / rows.Count;
    }

    private double? FourthMomentOf(ClassMoments moments)
    {
        if (Recipe.Shrinkage.Rule != ShrinkageRule.LedoitWolf || UsesLabels || Recipe.Scaling == FeatureScaling.None)
            return null;
        using var total = moments.Total();
        using var covariance = total.Covariance();
        return Shrinkage.FourthMomentOfUnitRows(total.Mean, covariance);
    }

    private Tensor LabelsOf(TrainingRows rows) => UsesLabels ? rows.Labels : zeros_like(rows.Labels);

    private Whitening WhiteningOf(Tensor covariance, out CovarianceSpectrum spectrum)
    {
        if (Recipe.RelativeEigenCut is not { } cut) return CholeskyFactor.Of(covariance, out spectrum);
        if (!Recipe.Standardises) return EigenCut.Of(covariance, out spectrum, cut);
        CovarianceSpectrum.RequireVariance(covariance);
        var scale = (covariance.diagonal().clamp_min(0).sqrt() + DeviationOffset).reciprocal();    // [D]
        return EigenCut.OfScaled(covariance, scale, out spectrum, cut);
    }
}
