using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>Class means and a whitening: scores are squared Mahalanobis distances to the nearest class mean.</summary>
public sealed class FittedGaussian : FittedDetector
{
    private const long ChunkRows = 8192;

    private readonly GaussianRecipe _recipe;
    private readonly Whitening _whitening;
    private readonly Tensor _mean;                // [D]
    private readonly Tensor _whitenedMeans;       // [K, R]
    private readonly Tensor _squaredLengths;      // [K]

    internal FittedGaussian(GaussianDetector detector, Whitening whitening, Tensor mean, Tensor classMeans, FitDiagnostics diagnostics)
        : base(detector, diagnostics)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        (_recipe, _whitening, _mean) = (detector.Recipe, whitening, mean.DetachFromDisposeScope());
        ClassCount = (int)classMeans.shape[0];
        _whitenedMeans = whitening.Apply(classMeans - mean).DetachFromDisposeScope();
        _squaredLengths = _whitenedMeans.square().sum(1).DetachFromDisposeScope();
        State = new Dictionary<string, Tensor>
        {
            [StateNames.Mean] = _mean,
            [StateNames.ClassMeans] = classMeans.DetachFromDisposeScope(),
            [whitening is CholeskyFactor ? StateNames.Cholesky : StateNames.Projection] = whitening.Matrix,
            [StateNames.Diagnostics] = tensor(
                [diagnostics.ShrinkageIntensity, diagnostics.EffectiveSize, diagnostics.Condition], ScalarType.Float64).DetachFromDisposeScope(),
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

    internal static FittedGaussian Restore(GaussianDetector detector, IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        Whitening whitening = detector.Recipe.RelativeEigenCut is null
            ? CholeskyFactor.Restore(Get(state, StateNames.Cholesky))
            : EigenCut.Restore(Get(state, StateNames.Projection));
        try
        {
            if (state.Count != StateNames.Count)
                throw new StatisticsException(StatisticsFault.Inconsistent, $"The state has {state.Count} tensors where {StateNames.Count} are wanted.");
            Tensor mean = Get(state, StateNames.Mean), classMeans = Get(state, StateNames.ClassMeans);
            StoredTensor.Require(mean, StateNames.Mean, whitening.Dimension);
            StoredTensor.RequireAxes(classMeans, StateNames.ClassMeans, 2);
            var classes = detector.UsesLabels ? classMeans.shape[0] : 1;
            StoredTensor.Require(classMeans, StateNames.ClassMeans, classes, whitening.Dimension);
            return new FittedGaussian(detector, whitening, mean.clone(), classMeans.clone(), Diagnosed(Get(state, StateNames.Diagnostics)));
        }
        catch (StatisticsException)
        {
            whitening.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The nearest class is found by ‖y‖² − 2 y·m + ‖m‖²; the score is then ‖y − m‖² itself, free of cancellation.
    /// Cost: O(B·D² + B·K·D).
    /// </remarks>
    public override DetectorScores Score(Tensor inputs)
    {
        if (inputs.dim() != 2 || inputs.shape[1] != Dimension)
            throw new ArgumentException($"Rows of shape [B, {Dimension}] are wanted, not [{string.Join(", ", inputs.shape)}].", nameof(inputs));
        var rows = (int)inputs.shape[0];
        var scores = new double[rows];
        var nearest = ClassCount > 1 ? new int[rows] : null;
        for (long start = 0; start < rows; start += ChunkRows)
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            ScoreChunk(inputs.narrow(0, start, Math.Min(ChunkRows, rows - start)), scores.AsSpan((int)start), nearest.AsSpan(nearest is null ? 0 : (int)start));
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
            var distances = _squaredLengths - 2 * whitened.matmul(_whitenedMeans.t());                      // [B, K], up to ‖y‖²
            var classes = distances.argmin(1);                                                              // [B]
            classes.to(ScalarType.Int32).cpu().data<int>().CopyTo(nearest);
            means = _whitenedMeans.index_select(0, classes);                                                // [B, R]
        }
        var squared = (whitened - means).square().sum(1).masked_fill(usable.logical_not(), double.NaN);     // [B]
        squared.cpu().data<double>().CopyTo(scores);
    }

    private static Tensor Get(IReadOnlyDictionary<string, Tensor> state, string name) => state.TryGetValue(name, out var tensor)
        ? tensor
        : throw new StatisticsException(StatisticsFault.Inconsistent, $"The state lacks '{name}'.");

    private static FitDiagnostics Diagnosed(Tensor stored)
    {
        StoredTensor.Require(stored, StateNames.Diagnostics, 3);
        var values = stored.cpu().data<double>().ToArray();
        if (values[0] is < 0 or > 1 || values[1] <= 0 || values[2] < 1)
            throw new StatisticsException(StatisticsFault.Inconsistent, $"'{StateNames.Diagnostics}' holds impossible values.");
        return new FitDiagnostics(values[0], values[1], values[2]);
    }

    /// <summary>Names of the state tensors.</summary>
    private static class StateNames
    {
        public const string Mean = "mean";
        public const string ClassMeans = "class_means";
        public const string Cholesky = "cholesky";
        public const string Projection = "projection";
        public const string Diagnostics = "diagnostics";

        /// <summary>Each state has the mean, the class means, one of the two whitenings, and the diagnostics.</summary>
        public const int Count = 4;
    }
}
