using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Mixing;

/// <summary>MLP-Mixer: patches as tokens, mixed by MLPs over tokens and over channels in turn; no attention, no
/// positions.</summary>
/// <remarks>
/// Source: Tolstikhin et al. 2021, "MLP-Mixer: An all-MLP Architecture for Vision", arXiv:2105.01601. Differs: nothing.
/// The weights that mix tokens fit one size of input only. Thread-safety: owned by one thread.
/// </remarks>
public sealed class MlpMixer : ImageEncoder
{
    [ComponentName(Name = "stem")]
    private readonly PatchEmbedding _patches;
    [ComponentName(Name = "blocks")]
    private readonly ModuleList<MixerBlock> _blocks;
    [ComponentName(Name = "norm")]
    private readonly LayerNorm _norm;

    /// <param name="config">The encoder's shape.</param>
    /// <exception cref="ArgumentException">The configuration cannot be built; the message lists every
    /// problem.</exception>
    public MlpMixer(MixerConfig config) : base(nameof(MlpMixer))
    {
        var problems = config.Problems();
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(config));
        Config = config;
        _patches = new PatchEmbedding(config.Input, config.PatchSize, config.Width);
        _blocks = new ModuleList<MixerBlock>(
            [.. Enumerable.Range(0, config.Depth).Select(_ => new MixerBlock(config))]);
        _norm = nn.LayerNorm(config.Width, config.LayerNormEpsilon);
        RegisterComponents();
    }

    /// <summary>The encoder's shape.</summary>
    public MixerConfig Config { get; }

    /// <inheritdoc/>
    public override string Architecture => "mixer";

    /// <inheritdoc/>
    public override GridSize Input => Config.Input;

    /// <inheritdoc/>
    public override int FeatureLength => Config.Width;

    /// <inheritdoc/>
    public override GridSize? PatchGrid => Config.Grid;

    /// <inheritdoc/>
    public override string Describe() => Config.ToJson();

    /// <param name="images">Normalised images, shape [B, 3, H, W], float32.</param>
    /// <returns>Features, shape [B, D], not normalised in length. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The images are of another size.</exception>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        return PatchTokens(images).mean([1]).MoveToOuterDisposeScope();
    }

    /// <summary>Tokens after the last norm; their mean is the feature.</summary>
    public override Tensor PatchTokens(Tensor images)
    {
        using var scope = NewDisposeScope();
        var tokens = _patches.forward(images);
        foreach (var block in _blocks) tokens = block.forward(tokens);
        return _norm.forward(tokens).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override (Tensor Features, Tensor Patches) FeaturesAndPatches(Tensor images)
    {
        using var scope = NewDisposeScope();
        var tokens = PatchTokens(images);
        return (tokens.mean([1]).MoveToOuterDisposeScope(), tokens.MoveToOuterDisposeScope());
    }
}

/// <summary>One block: x + MLP over tokens of LN(x), then x + MLP over channels of LN(x).</summary>
internal sealed class MixerBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "norm1")]
    private readonly LayerNorm _norm1;
    [ComponentName(Name = "mlp_tokens")]
    private readonly Mlp _tokens;
    [ComponentName(Name = "norm2")]
    private readonly LayerNorm _norm2;
    [ComponentName(Name = "mlp_channels")]
    private readonly Mlp _channels;

    public MixerBlock(MixerConfig config) : base(nameof(MixerBlock))
    {
        _norm1 = nn.LayerNorm(config.Width, config.LayerNormEpsilon);
        _tokens = new Mlp(config.Grid.Count, config.TokenHidden);
        _norm2 = nn.LayerNorm(config.Width, config.LayerNormEpsilon);
        _channels = new Mlp(config.Width, config.ChannelHidden);
        RegisterComponents();
    }

    /// <param name="tokens">Shape [B, P, D].</param>
    /// <returns>Shape [B, P, D].</returns>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var turned = _norm1.forward(tokens).transpose(1, 2);                                   // [B, D, P]
        var mixed = tokens + _tokens.forward(turned).transpose(1, 2);
        return (mixed + _channels.forward(_norm2.forward(mixed))).MoveToOuterDisposeScope();
    }
}
