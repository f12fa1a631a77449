using MoodStream.Mood.Vision;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Masking;

/// <summary>Shape of the decoder that predicts removed patches; it is thrown away after pre-training.</summary>
public sealed record MaeDecoderConfig
{
    /// <summary>Token width. Default 96.</summary>
    public int Width { get; init; } = 96;

    /// <summary>Hidden width of the MLP; null: four times <see cref="Width"/>.</summary>
    public int? MlpWidth { get; init; }

    /// <summary>Number of blocks. Default 2.</summary>
    public int Depth { get; init; } = 2;

    /// <summary>Attention heads. Default 3.</summary>
    public int Heads { get; init; } = 3;

    /// <summary>Whether the target of each patch is normalised by its own mean and variance. Default yes.</summary>
    public bool NormalisePatches { get; init; } = true;
}

/// <summary>Masked autoencoder: encodes the kept patches, predicts the pixels of the removed ones.</summary>
/// <remarks>
/// Source: He et al. 2022, "Masked Autoencoders Are Scalable Vision Learners", §3; names as in its released code.
/// Thread-safety: owned by one thread.
/// </remarks>
public sealed class MaskedAutoencoder : nn.Module<Tensor, RandomMask, Tensor>
{
    private const double TargetVarianceFloor = 1e-6;
    [ComponentName(Name = "encoder")]
    private readonly VisionTransformer _encoder;
    [ComponentName(Name = "decoder_embed")]
    private readonly Linear _embed;
    [ComponentName(Name = "mask_token")]
    private readonly Parameter _maskToken;
    [ComponentName(Name = "decoder_pos_embed")]
    private readonly Tensor _positions;
    [ComponentName(Name = "decoder_blocks")]
    private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "decoder_norm")]
    private readonly LayerNorm _norm;
    [ComponentName(Name = "decoder_pred")]
    private readonly Linear _predict;
    private readonly bool _normalisePatches;

    /// <param name="encoder">The encoder, which this model owns; with a token LayerNorm unless its pooling has none.</param>
    /// <param name="decoder">The decoder's shape.</param>
    public MaskedAutoencoder(VisionTransformer encoder, MaeDecoderConfig decoder) : base(nameof(MaskedAutoencoder))
    {
        var config = encoder.Config;
        _encoder = encoder;
        _normalisePatches = decoder.NormalisePatches;
        _embed = nn.Linear(config.Width, decoder.Width);
        _maskToken = new Parameter(zeros(1, 1, decoder.Width));
        _positions = SineCosinePositions.Create(decoder.Width, config.Grid, config.ClassToken);
        var block = config with
        {
            Width = decoder.Width, Depth = decoder.Depth, Heads = decoder.Heads, MlpRatio = 4,
            MlpWidth = decoder.MlpWidth, GatedMlp = false, QkvBias = true,
            RelativePositions = RelativePositionBias.None, LayerScale = null, DropPath = 0,
        };
        _blocks = new ModuleList<Block>([.. Enumerable.Range(0, decoder.Depth).Select(_ => new Block(block, 0))]);
        _norm = nn.LayerNorm(decoder.Width, config.LayerNormEpsilon);
        _predict = nn.Linear(decoder.Width, 3 * config.PatchSize * config.PatchSize);
        RegisterComponents();
    }

    /// <summary>The encoder.</summary>
    public VisionTransformer Encoder => _encoder;

    /// <summary>The loss of one batch: mean over removed patches of the mean squared error of their pixels.</summary>
    /// <param name="images">Normalised images, shape [B, 3, S, S].</param>
    /// <param name="mask">Which patches are removed.</param>
    /// <returns>A scalar. The caller disposes it.</returns>
    public override Tensor forward(Tensor images, RandomMask mask)
    {
        using var scope = NewDisposeScope();
        var squared = (Predict(images, mask) - Target(images)).square().mean([-1]);              // [B, P]
        return ((squared * mask.Mask).mean() / mask.Mask.mean()).MoveToOuterDisposeScope();
    }

    /// <summary>Predicted patches, raster order, shape [B, P, 3·p·p]. The caller disposes them.</summary>
    public Tensor Predict(Tensor images, RandomMask mask) => Predict(images, mask, null, null);

    /// <summary>Predicts and shows the tokens before and after the decoder's blocks; the observers must not keep them.</summary>
    internal Tensor Predict(Tensor images, RandomMask mask, Action<Tensor>? before, Action<Tensor>? after)
    {
        using var scope = NewDisposeScope();
        var config = _encoder.Config;
        var latent = _encoder.Norm(_encoder.Encode(_encoder.Embed(images, mask.Keep)));           // [B, prefix + P', D]
        var tokens = Unshuffle(_embed.forward(latent), mask) + _positions;                        // [B, prefix + P, W]
        before?.Invoke(tokens);
        foreach (var block in _blocks) tokens = block.forward(tokens, null);
        after?.Invoke(tokens);
        return _predict.forward(_norm.forward(tokens))
            .slice(1, config.PrefixTokens, config.PrefixTokens + config.Patches, 1).MoveToOuterDisposeScope();
    }

    /// <summary>What is predicted: the pixels of each patch, normalised by the patch if so configured, shape [B, P, 3·p·p].</summary>
    public Tensor Target(Tensor images)
    {
        using var scope = NewDisposeScope();
        var patches = Patches.Cut(images, _encoder.Config.PatchSize, channelsFirst: false);
        if (!_normalisePatches) return patches.MoveToOuterDisposeScope();
        var mean = patches.mean([-1], keepdim: true);
        var variance = patches.var(-1, unbiased: true, keepdim: true);
        return ((patches - mean) / (variance + TargetVarianceFloor).sqrt()).MoveToOuterDisposeScope();
    }

    /// <summary>Initialises encoder and decoder as the released code does.</summary>
    public void Initialise()
    {
        _encoder.InitialiseAsMae();
        using var gradients = no_grad();
        VisionTransformer.Initialise(_embed);
        VisionTransformer.Initialise(_predict);
        foreach (var (_, module) in _blocks.named_modules())
            if (module is Linear linear)
                VisionTransformer.Initialise(linear);
        nn.init.normal_(_maskToken, 0, VisionTransformer.TokenDeviation);
    }

    private Tensor Unshuffle(Tensor kept, RandomMask mask)
    {
        var prefix = _encoder.Config.PrefixTokens;
        var (batch, patches, width) = (mask.Restore.shape[0], mask.Restore.shape[1], kept.shape[2]);
        var removed = _maskToken.expand(batch, patches - (kept.shape[1] - prefix), width);
        var shuffled = cat([kept.slice(1, prefix, kept.shape[1], 1), removed], 1);                // [B, P, W]
        var raster = shuffled.gather(1, mask.Restore.unsqueeze(-1).expand(-1, -1, width));
        return prefix == 0 ? raster : cat([kept.slice(1, 0, prefix, 1), raster], 1);
    }
}
