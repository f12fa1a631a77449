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
public sealed class GaussianDetector(string name, GaussianRecipe recipe) : Detector(name, recipe.Input)
{
    /// <summary>Rows handled at a time, so that a fit needs little more memory than its inputs.</summary>
    private const long ChunkRows = 8192;

    /// <summary>How it fits.</summary>
    public GaussianRecipe Recipe { get; } = recipe;

    /// <inheritdoc/>
    public override bool UsesLabels => Recipe.UsesLabels;

    /// <inheritdoc/>
    /// <remarks>Cost: O(N·D² + D³); memory a few [D, D] matrices in float64 beside the rows.</remarks>
    public override FittedDetector Fit(Tensor inputs, Tensor? labels = null, LinearClassifier? classifier = null)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var rows = FeatureRows.Finite(inputs);                                   // [N, D]
        var scaled = Recipe.Scaling.ApplyToAll(rows);                            // [N, D]
        if (scaled.shape[0] == 0) throw new StatisticsException(StatisticsFault.NoRows, "There is no row to fit to.");
        var classes = labels is null ? 1 : FeatureRows.RequireLabels(labels, scaled.shape[0]);
        if (labels is null || !UsesLabels)
            (labels, classes) = (zeros(scaled.shape[0], ScalarType.Int64, scaled.device), 1);
        using var moments = MomentsOf(scaled, labels, classes);
        double? fourth = Recipe.Shrinkage.Rule == ShrinkageRule.LedoitWolf ? FourthMoment(scaled, labels, moments) : null;
        return Fit(moments, fourth);
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
        Whitening whitening = Recipe.RelativeEigenCut is { } cut
            ? EigenCut.Of(shrunk, out var spectrum, cut)
            : CholeskyFactor.Of(shrunk, out spectrum);
        var diagnostics = new FitDiagnostics(intensity, moments.EffectiveSize, spectrum.Condition);
        var means = UsesLabels ? moments.Means : total.Mean.unsqueeze(0);                          // [K, D]
        return new FittedGaussian(this, whitening, total.Mean.clone(), means.clone(), diagnostics);
    }

    /// <summary>The rows as the recipe scales them, for moments that are gathered bit by bit.</summary>
    /// <param name="inputs">Rows, shape [B, D], any floating type.</param>
    /// <returns>Scaled rows, shape [B, D], float64. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The shape is not [B, D], or the type is not floating.</exception>
    /// <exception cref="StatisticsException">A row holds NaN or infinity, or has no direction.</exception>
    public Tensor Scale(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        return Recipe.Scaling.ApplyToAll(FeatureRows.Finite(inputs)).clone().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override FittedDetector Restore(IReadOnlyDictionary<string, Tensor> state) => FittedGaussian.Restore(this, state);

    private static ClassMoments MomentsOf(Tensor rows, Tensor labels, int classes)
    {
        var moments = ClassMoments.Empty(classes, (int)rows.shape[1], rows.device);
        for (long start = 0; start < rows.shape[0]; start += ChunkRows)
        {
            var length = Math.Min(ChunkRows, rows.shape[0] - start);
            using var scope = NewDisposeScope();
            using var before = moments;
            moments = before.Add(rows.narrow(0, start, length), labels.narrow(0, start, length));
        }
        return moments;
    }

    private static double FourthMoment(Tensor rows, Tensor labels, ClassMoments moments)
    {
        double sum = 0;
        for (long start = 0; start < rows.shape[0]; start += ChunkRows)
        {
            var length = Math.Min(ChunkRows, rows.shape[0] - start);
            using var scope = NewDisposeScope();
            var centred = rows.narrow(0, start, length) - moments.Means.index_select(0, labels.narrow(0, start, length));
            sum += Reduce.Total(centred.square().sum(1).square());
        }
        return sum / rows.shape[0];
    }
}
