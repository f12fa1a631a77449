using MoodStream.Mood.Vision;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Masking;

/// <summary>Predicts the visual tokens of removed patches from the ones that stay (BEiT, BEiT v2).</summary>
/// <remarks>
/// Source: Bao et al. 2022, §2.3 and §2.5; Peng et al. 2022, §3.3 for the class token: a middle layer's patches with the last
/// layer's class token go through a few blocks of their own to the same predictor, so that the class token has to carry
/// the image. Thread-safety: owned by one thread.
/// </remarks>
public sealed class MaskedTokenModel : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "encoder")]
    private readonly VisionTransformer _encoder;
    [ComponentName(Name = "mask_token")]
    private readonly Parameter _maskToken;
    [ComponentName(Name = "cls_pt_layers")]
    private readonly ModuleList<Block> _classTokenBlocks;
    [ComponentName(Name = "lm_head")]
    private readonly Linear _predict;
    private readonly int _middle;

    /// <param name="encoder">The encoder, which this model owns, with a norm on its tokens.</param>
    /// <param name="codes">Size of the vocabulary V.</param>
    /// <param name="classTokenDepth">Blocks of the class token's own loss; 0 has none. Needs a class token.</param>
    public MaskedTokenModel(VisionTransformer encoder, int codes, int classTokenDepth) : base(nameof(MaskedTokenModel))
    {
        var config = encoder.Config;
        (_encoder, _middle) = (encoder, 3 * config.Depth / 4);
        _maskToken = new Parameter(zeros(1, 1, config.Width));
        _classTokenBlocks = new ModuleList<Block>([.. Enumerable.Range(0, classTokenDepth)
            .Select(_ => new Block(config with { RelativePositions = RelativePositionBias.None }, 0))]);
        _predict = nn.Linear(config.Width, codes);
        RegisterComponents();
        BeitInitialisation.Apply(this, [.. _encoder.Blocks, .. _classTokenBlocks]);
    }

    /// <summary>The encoder.</summary>
    public VisionTransformer Encoder => _encoder;

    /// <summary>Logits of the codes of removed patches; with a loss for the class token, its logits follow.</summary>
    /// <param name="images">Normalised images, shape [B, 3, S, S].</param>
    /// <param name="mask">Removed patches, true = removed, shape [B, P], bool; M are true.</param>
    /// <returns>Shape [M, V], or [2·M, V]. The caller disposes it.</returns>
    public override Tensor forward(Tensor images, Tensor mask)
    {
        using var scope = NewDisposeScope();
        Tensor? middle = null;
        var embedded = _encoder.Embed(images, removed: new RemovedPatches(mask, _maskToken));
        var tokens = _encoder.Encode(embedded, (block, output) =>
        {
            if (_classTokenBlocks.Count > 0 && block == Math.Max(0, _middle - 1)) middle = output.alias().DetachFromDisposeScope();
        });
        var removed = RemovedOf(_encoder.Norm(tokens), mask);                                      // [M, D]
        if (middle is not null)
        {
            using var kept = middle;
            var shortcut = cat([tokens.slice(1, 0, 1, 1), middle.slice(1, 1, middle.shape[1], 1)], 1);
            foreach (var block in _classTokenBlocks) shortcut = block.forward(shortcut, null);
            removed = cat([removed, RemovedOf(_encoder.Norm(shortcut), mask)], 0);                   // [2·M, D]
        }
        return _predict.forward(removed).MoveToOuterDisposeScope();
    }

    private Tensor RemovedOf(Tensor tokens, Tensor mask)
    {
        var first = _encoder.Config.PrefixTokens;
        var patches = tokens.slice(1, first, first + _encoder.Config.Patches, 1);                  // [B, P, D]
        return patches.flatten(0, 1).index_select(0, mask.flatten().nonzero().squeeze(1));
    }
}
