using MoodStream.Mood.Statistics;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>
/// Relative Mahalanobis distance: to the nearest class mean with the tied covariance, minus to the mean of all with the
/// global one. What makes an image unusual in every respect counts less than what sets it off from the classes.
/// </summary>
/// <remarks>
/// Source: Ren et al. 2021, "A Simple Fix to Mahalanobis Distance for Improving Near-OOD Detection", eq. (3),
/// arXiv:2106.09022; on features of length 1: Müller and Hein 2025, "Mahalanobis++", arXiv:2505.18032.
/// Differs: both covariances are shrunk and factored; one pass over the rows gives both, T = W + between-class part.
/// With one class the two distances are the same and the score is 0, so that is refused.
/// Cost: O(B·D² + B·K·D).
/// </remarks>
public sealed class RelativeDetector : Detector, IMomentDetector
{
    private readonly GaussianDetector _classes;
    private readonly GaussianDetector _global;

    /// <summary>Makes a detector of a recipe.</summary>
    /// <param name="name">The name by which it is chosen and stored.</param>
    /// <param name="recipe">How both Gaussians are fitted.</param>
    public RelativeDetector(string name, GaussianRecipe recipe) : base(name, recipe.Input)
    {
        _classes = new GaussianDetector(name, recipe with { UsesLabels = true });
        _global = new GaussianDetector(name, recipe with { UsesLabels = false });
    }

    /// <inheritdoc/>
    public override bool UsesLabels => true;

    /// <inheritdoc/>
    public override int FewestClasses => 2;

    /// <inheritdoc/>
    public override FittedDetector Fit(Tensor inputs, Tensor? labels = null, LinearClassifier? classifier = null)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var rows = TrainingRows.Of(this, _classes.Recipe.Scaling, inputs, labels, classifier);
        var (moments, fourth) = _classes.Gather(rows);
        using (moments) return Both(_classes.Fit(moments, fourth), () => _global.Fit(moments, _global.FourthMomentOf(rows)));
    }

    /// <inheritdoc/>
    public Tensor Scale(Tensor inputs) => _classes.Scale(inputs);

    /// <inheritdoc/>
    public FittedDetector Fit(ClassMoments moments)
    {
        if (Lacks(moments.ClassCount, classifier: null) is { } lacking)
            throw new StatisticsException(StatisticsFault.TooFewClasses, lacking);
        return Both(((IMomentDetector)_classes).Fit(moments), () => ((IMomentDetector)_global).Fit(moments));
    }

    /// <inheritdoc/>
    public override FittedDetector Restore(IReadOnlyDictionary<string, Tensor> state) =>
        FittedRelative.Restore(this, _classes, _global, state);

    private FittedRelative Both(FittedDetector ofClasses, Func<FittedDetector> fitGlobal)
    {
        try
        {
            return new FittedRelative(this, ofClasses, fitGlobal());
        }
        catch
        {
            ofClasses.Dispose();
            throw;
        }
    }
}
