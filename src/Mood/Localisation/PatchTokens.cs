using MoodStream.Mood.Detectors;
using static TorchSharp.torch;

namespace MoodStream.Mood.Localisation;

/// <summary>The door through which patch tokens enter: shape and type are checked, rows are widened and
/// scaled.</summary>
internal static class PatchTokens
{
    /// <summary>What is done to the length of each token: divided by it, as in Mahalanobis++.</summary>
    public const FeatureScaling Scaling = FeatureScaling.UnitLength;

    /// <summary>Refuses anything that is not [B, P, D] of the wanted P and D.</summary>
    /// <exception cref="ArgumentException">The shape or the type is wrong.</exception>
    public static void Require(Tensor tokens, PatchGrid grid, int dimension)
    {
        if (tokens.dim() != 3 || tokens.shape[1] != grid.Count || tokens.shape[2] != dimension)
            throw new ArgumentException(
                $"Tokens of shape [B, {grid.Count}, {dimension}] are wanted, not [{string.Join(", ", tokens.shape)}].",
                nameof(tokens));
        if (!tokens.is_floating_point())
            throw new ArgumentException($"Tokens of a floating type are wanted, not {tokens.dtype}.", nameof(tokens));
    }

    /// <summary>The tokens as rows, in float64.</summary>
    /// <param name="tokens">Tokens, shape [B, P, D].</param>
    /// <returns>Rows, image by image, shape [B·P, D], float64. The caller's scope owns them.</returns>
    public static Tensor Rows(Tensor tokens) =>
        tokens.detach().cpu().to(ScalarType.Float64).reshape(-1, tokens.shape[2]);
}
