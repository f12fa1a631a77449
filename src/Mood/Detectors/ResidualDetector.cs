using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>
/// Residual: how far a feature reaches into the directions that training features hardly use, ‖Nᵀ (f − u)‖. With a
/// classifier the origin is u = −W⁺ b, where its logits vanish; else the mean.
/// </summary>
/// <remarks>See <see cref="ResidualSpace"/> for source and differences. Cost: O(B·D·(D − P)).</remarks>
/// <param name="name">The name by which it is chosen and stored.</param>
/// <param name="principal">Principal dimensions P, in [1, D); null for <see cref="ResidualSpace.UsualPrincipal"/>.</param>
public sealed class ResidualDetector(string name, int? principal = null) : FormulaDetector(name, FeatureScaling.None)
{
    internal override IEnumerable<(string Name, Tensor Value)> FitState(TrainingRows rows) =>
        ResidualSpace.Fit(this, rows, principal);

    internal override long RequireState(StoredState state) => ResidualSpace.Require(state);

    internal override Tensor ScoreRows(StoredState state, Tensor rows) => ResidualSpace.Norms(state, rows);
}
