namespace MoodStream.Mood.Training;

/// <summary>Learning rates that fall with the distance from the top: the first layers of a trained encoder move least.</summary>
/// <param name="Factor">γ, in (0, 1]; 1 is the same rate everywhere.</param>
/// <param name="Depth">Number of blocks L.</param>
/// <remarks>Source: Bao et al. 2022, "BEiT", appendix; the rule of its released code: γ^(L + 1 − id). Differs: nothing.</remarks>
public sealed record LayerDecay(double Factor, int Depth)
{
    private const string Blocks = "blocks.";
    private static readonly string[] Bottom = ["cls_token", "mask_token", "pos_embed", "patch_embed", "reg_token"];

    /// <summary>Ids of layers: 0 for what makes the tokens, l + 1 for block l, L + 1 for all above.</summary>
    public int Layers => Depth + 2;

    /// <summary>Layer of an encoder's parameter, by its name within the encoder.</summary>
    public int LayerOf(string name)
    {
        if (Bottom.Any(b => name.StartsWith(b, StringComparison.Ordinal))) return 0;
        if (!name.StartsWith(Blocks, StringComparison.Ordinal)) return Depth + 1;
        return int.Parse(name[Blocks.Length..name.IndexOf('.', Blocks.Length)]) + 1;
    }

    /// <summary>Share of the learning rate that a layer gets.</summary>
    public double ScaleOf(int layer) => Math.Pow(Factor, Depth + 1 - layer);
}
