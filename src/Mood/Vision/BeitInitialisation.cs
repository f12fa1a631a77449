using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Initial weights of BEiT.</summary>
/// <remarks>
/// Source: Bao et al. 2022, §2.5, and its released code: normal of deviation 0.02 cut at one deviation, zero biases; what a
/// block adds to its tokens divided by √(2l), l the block's number from 1.
/// </remarks>
internal static class BeitInitialisation
{
    private const double Deviation = 0.02;

    /// <summary>Initialises all weights of a model; relative position tables stay zero, norms and scales as they are.</summary>
    /// <param name="model">The model.</param>
    /// <param name="blocks">Its blocks, first to last.</param>
    public static void Apply(nn.Module model, IReadOnlyList<Block> blocks)
    {
        using var gradientless = no_grad();
        foreach (var (name, weight) in model.named_parameters())
        {
            if (IsToken(name) || IsMatrix(name, weight)) nn.init.trunc_normal_(weight, 0, Deviation, -Deviation, Deviation);
            else if (name.EndsWith(".bias", StringComparison.Ordinal)) nn.init.zeros_(weight);
        }
        for (var i = 0; i < blocks.Count; i++)
            foreach (var (name, weight) in blocks[i].named_parameters())
                if (name is "attn.proj.weight" or "mlp.fc2.weight")
                    weight.div_(Math.Sqrt(2.0 * (i + 1)));
    }

    private static bool IsToken(string name) => name.Split('.')[^1] is "cls_token" or "mask_token" or "pos_embed" or "reg_token";

    private static bool IsMatrix(string name, Parameter weight) =>
        weight.dim() is 2 or 4 && name.EndsWith(".weight", StringComparison.Ordinal);
}
