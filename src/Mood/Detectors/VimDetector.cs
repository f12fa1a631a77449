using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>
/// Virtual-logit matching: α ‖Nᵀ (f − u)‖ − ln Σ_k exp(l_k), the residual as one more logit against the energy of the
/// others. α = mean of max_k l_k / mean of the residual over the training rows.
/// </summary>
/// <remarks>
/// Source: Wang et al. 2022, "ViM: Out-Of-Distribution with Virtual-logit Matching", eq. (6), arXiv:2203.10807.
/// Differs: see <see cref="ResidualSpace"/>. Cost: O(B·D·(D − P) + B·K·D).
/// </remarks>
/// <param name="name">The name by which it is chosen and stored.</param>
/// <param name="principal">Principal dimensions P, in [1, D); null for <see cref="ResidualSpace.UsualPrincipal"/>.</param>
public sealed class VimDetector(string name, int? principal = null) : FormulaDetector(name, FeatureScaling.None)
{
    private const string Alpha = "alpha";

    /// <summary>A mean residual below this share of the mean length is rounding, and no measure of anything.</summary>
    private const double NoResidual = 1e-12;

    /// <inheritdoc/>
    public override bool NeedsClassifier => true;

    internal override IEnumerable<(string Name, Tensor Value)> FitState(TrainingRows rows)
    {
        (string Name, Tensor Value)[] space = [.. ResidualSpace.Fit(this, rows, principal)];
        (string Name, Tensor Value)[] classifier = [.. StoredState.Of(rows.Classifier!, rows.Rows.device)];
        var state = new StoredState(space.Concat(classifier).ToDictionary(s => s.Name, s => s.Value));
        var columns = Math.Max(rows.Dimension, state.ClassifierOutputs);
        double MeanOf(Func<Tensor, Tensor> each) => Reduce.Total(RowChunks.Map(rows.Rows, columns, each)) / rows.Count;
        var residual = MeanOf(chunk => ResidualSpace.Norms(state, chunk));
        if (residual <= NoResidual * MeanOf(chunk => chunk.square().sum(1).sqrt()))
            throw new StatisticsException(
                StatisticsFault.NoVariance,
                $"The training rows do not vary beyond the principal dimensions, so {Name} has no scale: "
                + "give more images, or fewer principal dimensions.");
        var largest = MeanOf(chunk => state.Logits(chunk).amax([1L]));
        return [.. space, .. classifier, StoredState.Of(Alpha, largest / residual)];
    }

    internal override long RequireState(StoredState state)
    {
        state.Number(Alpha);
        return state.RequireClassifier(ResidualSpace.Require(state));
    }

    internal override long ColumnsOf(StoredState state) => state.ClassifierOutputs;

    internal override Tensor ScoreRows(StoredState state, Tensor rows) =>
        ResidualSpace.Norms(state, rows) * state.Number(Alpha) - state.Logits(rows).logsumexp(1);
}
