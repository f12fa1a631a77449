using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>
/// Neural-collapse score: −(‖P h‖ / ‖h‖) max_k l_k, where h is the feature standardised in each dimension, and P its
/// projection on the principal directions of the training rows.
/// </summary>
/// <remarks>
/// Source: Ben Ammar et al. 2024, "NECO: NEural Collapse Based Out-of-distribution detection", eq. (5), ICLR 2024,
/// arXiv:2310.06823; the number of directions as in the Mahalanobis++ benchmark (Müller and Hein 2025): the fewest that
/// hold more than 90 % of the variance.
/// Differs: from moments in float64; a constant feature is left as it is, as scikit-learn does; a row at the mean, which
/// has no direction, counts as lying within P. No direction is divided by its variance. Cost: O(B·D·P + B·K·D).
/// </remarks>
/// <param name="name">The name by which it is chosen and stored.</param>
/// <param name="varianceShare">Share of the variance that the principal directions hold, in (0, 1).</param>
public sealed class NecoDetector(string name, double varianceShare = NecoDetector.UsualVarianceShare)
    : FormulaDetector(name, FeatureScaling.None)
{
    /// <summary>Share of the variance where none is given.</summary>
    public const double UsualVarianceShare = 0.9;

    private const string Mean = "mean";
    private const string Scale = "scale";
    private const string Principal = "principal";

    /// <summary>Variances below this share of the squared mean are rounding: the feature is constant.</summary>
    private const double ConstantShare = 1e-24;

    /// <inheritdoc/>
    public override bool NeedsClassifier => true;

    internal override IEnumerable<(string Name, Tensor Value)> FitState(TrainingRows rows)
    {
        using var moments = ResidualSpace.TotalMoments(rows);
        var covariance = moments.Covariance();                                   // [D, D]
        var variances = covariance.diagonal();                                   // [D]
        var constant = variances.le(moments.Mean.square() * ConstantShare);      // [D]
        var scale = variances.masked_fill(constant, 1).rsqrt();                  // [D]
        var (eigenvalues, vectors) = linalg.eigh(covariance * scale * scale.unsqueeze(1));         // rising
        var shares = eigenvalues.clamp_min(0).flip(0).cumsum(0);                 // [D]
        var within = shares.le(shares[-1] * varianceShare).to(ScalarType.Int64);
        var kept = Math.Min(rows.Dimension, (long)Reduce.Total(within) + 1);
        return
        [
            (Mean, moments.Mean.clone()),
            (Scale, scale),
            (Principal, vectors.narrow(1, rows.Dimension - kept, kept).clone()),
            .. StoredState.Of(rows.Classifier!, rows.Rows.device),
        ];
    }

    internal override long RequireState(StoredState state)
    {
        var dimension = state.Get(Mean, StoredState.Any).shape[0];
        state.Get(Scale, dimension);
        state.Get(Principal, dimension, StoredState.Any);
        return state.RequireClassifier(dimension);
    }

    internal override long ColumnsOf(StoredState state) => state.ClassifierOutputs;

    internal override Tensor ScoreRows(StoredState state, Tensor rows)
    {
        var standardised = (rows - state[Mean]) * state[Scale];                  // [B, D]
        var whole = standardised.square().sum(1).sqrt();                         // [B]
        var within = standardised.matmul(state[Principal]).square().sum(1).sqrt();
        var share = (within / whole).masked_fill(whole.eq(0), 1);                // [B]
        return state.Logits(rows).amax([1L]) * share * -1;
    }
}
