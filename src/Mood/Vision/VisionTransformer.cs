using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>One pre-norm encoder that covers ViT, BEiT, MAE and DINOv2 by its <see cref="VitConfig"/>.</summary>
/// <remarks>
/// Source: Dosovitskiy et al. 2021; Bao et al. 2022; He et al. 2022. Names of the parameters are those of timm.
/// Thread-safety: owned by one thread.
/// </remarks>
public sealed class VisionTransformer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "patch_embed")]
    private readonly PatchEmbedding _patches;
    [ComponentName(Name = "cls_token")]
    private readonly Parameter? _classToken;
    [ComponentName(Name = "pos_embed")]
    private readonly Tensor? _positions;
    [ComponentName(Name = "rel_pos_bias")]
    private readonly RelativePositions? _relativePositions;
    [ComponentName(Name = "blocks")]
    private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "norm")]
    private readonly LayerNorm? _norm;
    [ComponentName(Name = "fc_norm")]
    private readonly LayerNorm? _pooledNorm;

    /// <param name="config">The encoder's shape.</param>
    /// <exception cref="ArgumentException">The configuration cannot be built; the message lists every problem.</exception>
    public VisionTransformer(VitConfig config) : base(nameof(VisionTransformer))
    {
        var problems = config.Problems();
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(config));
        Config = config;
        _patches = new PatchEmbedding(config);
        if (config.ClassToken) _classToken = new Parameter(zeros(1, 1, config.Width));
        _positions = config.Positions switch
        {
            PositionEmbedding.Learned => new Parameter(zeros(1, config.Patches + config.PrefixTokens, config.Width)),
            PositionEmbedding.SineCosine => SineCosinePositions.Create(config.Width, config.Grid, config.ClassToken, config.PositionGrid),
            _ => null,
        };
        if (config.RelativePositions == RelativePositionBias.Shared)
            _relativePositions = new RelativePositions(config.Grid, config.Heads, config.ClassToken);
        _blocks = new ModuleList<Block>([.. Enumerable.Range(0, config.Depth).Select(i => new Block(config, DropPathOf(i)))]);
        if (config.Pooling == Pooling.NormedMeanOfPatches) _pooledNorm = nn.LayerNorm(config.Width, config.LayerNormEpsilon);
        else _norm = nn.LayerNorm(config.Width, config.LayerNormEpsilon);
        RegisterComponents();
    }

    /// <summary>The encoder's shape.</summary>
    public VitConfig Config { get; }

    /// <summary>The blocks, first to last.</summary>
    internal ModuleList<Block> Blocks => _blocks;

    /// <summary>Features of images.</summary>
    /// <param name="images">Normalised images, shape [B, 3, S, S], float32.</param>
    /// <returns>Features, shape [B, D], not normalised in length. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The images are of another size.</exception>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Pool(Encode(Embed(images))).MoveToOuterDisposeScope();
    }

    /// <summary>Tokens that enter the first block.</summary>
    /// <param name="images">Normalised images, shape [B, 3, S, S].</param>
    /// <param name="keep">Patches to keep for each image, shape [B, P'], int64; null keeps all.</param>
    /// <returns>Shape [B, prefix + P', D]. The caller disposes it.</returns>
    public Tensor Embed(Tensor images, Tensor? keep = null)
    {
        using var scope = NewDisposeScope();
        var prefix = Config.PrefixTokens;
        var tokens = _patches.forward(images);                                                       // [B, P, D]
        if (_positions is not null) tokens = tokens + _positions.slice(1, prefix, prefix + Config.Patches, 1);
        if (keep is not null) tokens = tokens.gather(1, keep.unsqueeze(-1).expand(-1, -1, Config.Width));
        if (_classToken is not null)
        {
            Tensor first = _classToken;
            if (_positions is not null) first = first + _positions.slice(1, 0, 1, 1);
            tokens = cat([first.expand(tokens.shape[0], -1, -1), tokens], 1);
        }
        return tokens.MoveToOuterDisposeScope();
    }

    /// <summary>Runs all blocks; no norm follows.</summary>
    /// <param name="tokens">Shape [B, T, D].</param>
    /// <returns>Shape [B, T, D]. The caller disposes it.</returns>
    public Tensor Encode(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var bias = _relativePositions?.Bias();
        foreach (var block in _blocks) tokens = block.forward(tokens, bias);
        return tokens.MoveToOuterDisposeScope();
    }

    /// <summary>The token LayerNorm, where the pooling has one; otherwise the tokens as they are.</summary>
    internal Tensor Norm(Tensor tokens) => _norm is null ? tokens.alias() : _norm.forward(tokens);

    /// <summary>Pools the tokens of the last block into features.</summary>
    /// <param name="tokens">Shape [B, prefix + P, D].</param>
    /// <returns>Shape [B, D]. The caller disposes it.</returns>
    public Tensor Pool(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var pooled = Config.Pooling switch
        {
            Pooling.ClassToken => Norm(tokens).select(1, 0),
            Pooling.MeanOfNormedPatches => PatchMean(Norm(tokens)),
            _ => _pooledNorm!.forward(PatchMean(tokens)),
        };
        return pooled.MoveToOuterDisposeScope();
    }

    /// <summary>Initialises all weights as MAE does: Xavier-uniform matrices, zero biases, tokens N(0, 0.02²).</summary>
    public void InitialiseAsMae()
    {
        using var gradients = no_grad();
        foreach (var (_, module) in named_modules())
            if (module is Linear linear)
                Initialise(linear);
        _patches.InitialiseXavier();
        if (_classToken is not null) nn.init.normal_(_classToken, 0, TokenDeviation);
        if (_positions is Parameter learned) nn.init.normal_(learned, 0, TokenDeviation);
    }

    internal const double TokenDeviation = 0.02;

    internal static void Initialise(Linear linear)
    {
        nn.init.xavier_uniform_(linear.weight);
        if (linear.bias is { } bias) nn.init.zeros_(bias);
    }

    private Tensor PatchMean(Tensor tokens) =>
        tokens.slice(1, Config.PrefixTokens, Config.PrefixTokens + Config.Patches, 1).mean([1]);

    private double DropPathOf(int block) => Config.Depth == 1 ? Config.DropPath : Config.DropPath * block / (Config.Depth - 1);
}
