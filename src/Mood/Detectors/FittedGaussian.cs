using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>Class means and a whitening: scores are squared Mahalanobis distances to the nearest class mean.</summary>
public sealed class FittedGaussian : FittedDetector
{
    private const string MeanName = "mean";
    private const string ClassMeansName = "class_means";
    private const string CholeskyName = "cholesky";
    private const string ProjectionName = "projection";

    private readonly GaussianRecipe _recipe;
    private readonly Whitening _whitening;
    private readonly Tensor _mean;                // [D]
    private readonly Tensor _whitenedMeans;       // [K, R]
    private readonly Tensor _squaredLengths;      // [K]
    private readonly double _logNormaliser;

    internal FittedGaussian(GaussianDetector detector, Whitening whitening, Tensor mean, Tensor classMeans, FitDiagnostics diagnostics)
        : base(detector, diagnostics)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        (_recipe, _whitening, _mean) = (detector.Recipe, whitening, mean.DetachFromDisposeScope());
        ClassCount = (int)classMeans.shape[0];
        _whitenedMeans = whitening.Apply(classMeans - mean).DetachFromDisposeScope();
        _squaredLengths = _whitenedMeans.square().sum(1).DetachFromDisposeScope();
        _logNormaliser = _recipe.IsLogDensity && whitening is CholeskyFactor factor
            ? factor.Rank * Math.Log(2 * Math.PI) + factor.LogDeterminant()
            : 0;
        var (name, values) = StoredState.Of(diagnostics);
        State = new Dictionary<string, Tensor>
        {
            [MeanName] = _mean,
            [ClassMeansName] = classMeans.DetachFromDisposeScope(),
            [whitening is CholeskyFactor ? CholeskyName : ProjectionName] = whitening.Matrix,
            [name] = values.DetachFromDisposeScope(),
        };
    }

    /// <inheritdoc/>
    public override int Dimension => _whitening.Dimension;

    /// <inheritdoc/>
    public override int ClassCount { get; }

    /// <summary>Number of directions R that the distance measures.</summary>
    public int Rank => _whitening.Rank;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State { get; }

    /// <inheritdoc/>
    internal override FittedGaussian Gaussian => this;

    /// <summary>Mean of all rows, shape [D], float64. Owned by this object.</summary>
    internal Tensor Mean => _mean;

    /// <summary>Class means, shape [K, D], float64. Owned by this object.</summary>
    internal Tensor ClassMeans => State[ClassMeansName];

    /// <summary>What the covariance is factored into. Owned by this object.</summary>
    internal Whitening Whitening => _whitening;

    internal static FittedGaussian Restore(GaussianDetector detector, IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var stored = new StoredState(state);
        Whitening whitening = detector.Recipe.RelativeEigenCut is null
            ? CholeskyFactor.Restore(stored.Get(CholeskyName, StoredState.Any, StoredState.Any))
            : EigenCut.Restore(stored.Get(ProjectionName, StoredState.Any, StoredState.Any));
        try
        {
            var mean = stored.Get(MeanName, whitening.Dimension);
            var classMeans = stored.Get(ClassMeansName, detector.UsesLabels ? StoredState.Any : 1, whitening.Dimension);
            var diagnostics = stored.ReadDiagnostics();
            stored.RequireNothingElse();
            return new FittedGaussian(detector, whitening, mean.clone(), classMeans.clone(), diagnostics);
        }
        catch (StatisticsException)
        {
            whitening.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// All classes at once: a row is whitened once, y = L⁻¹ (x − μ), and ‖y‖² − 2 y·m + ‖m‖² for every whitened class
    /// mean m is one matrix product, which finds the nearest class. The score is then ‖y − m‖² itself, free of
    /// cancellation. Cost: O(B·D² + B·K·D). Memory beside the rows: O(K·D + D²) for the state and
    /// O(chunk · max(D, K)) for temporaries, where <see cref="RowChunks"/> keeps each within 32 MiB.
    /// </remarks>
    public override DetectorScores Score(Tensor inputs)
    {
        RequireRows(inputs);
        var rows = (int)inputs.shape[0];
        var scores = new double[rows];
        var nearest = ClassCount > 1 ? new int[rows] : null;
        foreach (var (start, length) in RowChunks.Of(rows, Math.Max(Dimension, ClassCount)))
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            var chunk = inputs.narrow(0, start, length);
            ScoreChunk(chunk, scores.AsSpan((int)start), nearest.AsSpan(nearest is null ? 0 : (int)start));
        }
        return new DetectorScores(scores, nearest);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _whitening.Dispose();
        _whitenedMeans.Dispose();
        _squaredLengths.Dispose();
    }

    private void ScoreChunk(Tensor inputs, Span<double> scores, Span<int> nearest)
    {
        var scaled = _recipe.Scaling.Apply(FeatureRows.Widened(inputs, Dimension).to(_mean.device));        // [B, D]
        var usable = scaled.isfinite().all(1);                                                              // [B]
        var safe = scaled.masked_fill(usable.logical_not().unsqueeze(1), 0);                                // [B, D]
        var whitened = _whitening.Apply(safe - _mean);                                                      // [B, R]
        var means = _whitenedMeans;                                                                         // [1, R] if K = 1
        if (ClassCount > 1)
        {
            var distances = whitened.matmul(_whitenedMeans.t()).mul_(-2).add_(_squaredLengths);             // [B, K], up to ‖y‖²
            var classes = distances.argmin(1);                                                              // [B]
            classes.to(ScalarType.Int32).cpu().data<int>().CopyTo(nearest);
            means = _whitenedMeans.index_select(0, classes);                                                // [B, R]
        }
        var squared = (whitened - means).square().sum(1);                                                   // [B]
        if (_recipe.IsLogDensity) squared = squared.add(_logNormaliser).div(2);
        squared.masked_fill(usable.logical_not(), double.NaN).cpu().data<double>().CopyTo(scores);
    }
}
