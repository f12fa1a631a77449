using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Patches that were removed for masked image modelling, and the learned token that stands for them.</summary>
/// <param name="Mask">Removed patches, true = removed, shape [B, P], raster order, bool.</param>
/// <param name="Token">The mask token, D values of any shape.</param>
/// <remarks>Source: Bao et al. 2022, "BEiT: BERT Pre-Training of Image Transformers", §2.3. Owns neither tensor.</remarks>
public sealed record RemovedPatches(Tensor Mask, Tensor Token)
{
    /// <summary>Puts the mask token in the place of removed patches.</summary>
    /// <param name="tokens">Patch tokens before positions, shape [B, P, D].</param>
    /// <returns>Shape [B, P, D]. The caller disposes it.</returns>
    internal Tensor Replace(Tensor tokens) =>
        where(Mask.to(ScalarType.Bool).unsqueeze(-1), Token.reshape(1, 1, -1), tokens);
}
