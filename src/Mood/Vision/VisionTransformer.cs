using MoodStream.Mood.Vision.Convolution;
using MoodStream.Mood.Vision.Precision;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>One pre-norm encoder that covers ViT, BEiT, MAE, DINOv2 and the ResNet hybrids by its
/// <see cref="VitConfig"/>.</summary>
/// <remarks>
/// Source: Dosovitskiy et al. 2021; Bao et al. 2022; He et al. 2022. Names of the parameters are those of timm.
/// Thread-safety: owned by one thread.
/// </remarks>
public sealed class VisionTransformer : ImageEncoder
{
    [ComponentName(Name = "patch_embed")]
    private readonly nn.Module<Tensor, Tensor> _patches;
    [ComponentName(Name = "cls_token")]
    private readonly Parameter? _classToken;
    [ComponentName(Name = "reg_token")]
    private readonly Parameter? _registers;
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
    private PackedBlocks? _packed;

    /// <param name="config">The encoder's shape.</param>
    /// <exception cref="ArgumentException">The configuration cannot be built; the message lists every problem.</exception>
    public VisionTransformer(VitConfig config) : base(nameof(VisionTransformer))
    {
        var problems = config.Problems();
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(config));
        Config = config;
        _patches = config.Trunk is { } trunk ? new TrunkEmbedding(config, trunk)
            : new PatchEmbedding(config.Input, config.PatchSize, config.Width);
        if (config.ClassToken) _classToken = new Parameter(zeros(1, 1, config.Width));
        if (config.Registers > 0) _registers = new Parameter(zeros(1, config.Registers, config.Width));
        _positions = config.Positions switch
        {
            PositionEmbedding.Learned => new Parameter(zeros(1, config.Patches + config.PrefixPositions, config.Width)),
            PositionEmbedding.SineCosine => SineCosinePositions.Create(
                config.Width, config.Grid, config.PrefixPositions > 0, config.PositionGrid),
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

    /// <inheritdoc/>
    public override string Architecture => Config.Trunk is null ? "vit" : "hybrid";

    /// <inheritdoc/>
    public override GridSize Input => Config.Input;

    /// <inheritdoc/>
    public override int FeatureLength => Config.FeatureLength;

    /// <inheritdoc/>
    public override GridSize? PatchGrid => Config.Grid;

    /// <inheritdoc/>
    public override int PatchLength => Config.Width;

    /// <inheritdoc/>
    public override string Describe() => Config.ToJson();

    /// <summary>The blocks, first to last.</summary>
    internal ModuleList<Block> Blocks => _blocks;

    /// <summary>Features of images.</summary>
    /// <param name="images">Normalised images, shape [B, 3, H, W], float32.</param>
    /// <returns>Features, shape [B, D], not normalised in length. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">The images are of another size.</exception>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Look(images).Features.MoveToOuterDisposeScope();
    }

    /// <summary>Tokens that enter the first block.</summary>
    /// <param name="images">Normalised images, shape [B, 3, H, W].</param>
    /// <param name="keep">Patches to keep for each image, shape [B, P'], int64; null keeps all.</param>
    /// <param name="removed">Patches whose token another takes the place of; null for none.</param>
    /// <returns>Shape [B, prefix + P', D]. The caller disposes it.</returns>
    public Tensor Embed(Tensor images, Tensor? keep = null, RemovedPatches? removed = null)
    {
        using var scope = NewDisposeScope();
        var first = Config.PrefixPositions;
        var tokens = _patches.forward(images);                                                       // [B, P, D]
        if (removed is not null) tokens = removed.Replace(tokens);
        if (_positions is not null) tokens = tokens + _positions.slice(1, first, first + Config.Patches, 1);
        if (keep is not null) tokens = tokens.gather(1, keep.unsqueeze(-1).expand(-1, -1, Config.Width));
        if (_registers is not null) tokens = cat([_registers.expand(tokens.shape[0], -1, -1), tokens], 1);
        if (_classToken is not null)
        {
            Tensor front = _classToken;
            if (_positions is not null && first > 0) front = front + _positions.slice(1, 0, 1, 1);
            tokens = cat([front.expand(tokens.shape[0], -1, -1), tokens], 1);
        }
        return tokens.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor PatchTokens(Tensor images)
    {
        using var scope = NewDisposeScope();
        return OfPatches(Norm(Encode(Embed(images)))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override (Tensor Features, Tensor Patches) FeaturesAndPatches(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (features, last) = Look(images);
        return (features.MoveToOuterDisposeScope(), OfPatches(Norm(last)).MoveToOuterDisposeScope());
    }

    /// <summary>Runs all blocks; no norm follows.</summary>
    /// <param name="tokens">Shape [B, T, D].</param>
    /// <returns>Shape [B, T, D]. The caller disposes it.</returns>
    public Tensor Encode(Tensor tokens) => _packed is null ? Encode(tokens, null) : _packed.Forward(tokens);

    /// <inheritdoc/>
    internal override bool TryPack(ScalarType type)
    {
        if (Config.GatedMlp) return false;
        _packed?.Dispose();
        _packed = PackedBlocks.Of(this, type);
        return true;
    }

    /// <summary>The relative position bias of all blocks; null where there is none.</summary>
    internal Tensor? SharedBias() => _relativePositions?.Bias();

    /// <summary>Runs all blocks and shows what each gives.</summary>
    /// <param name="tokens">Shape [B, T, D].</param>
    /// <param name="after">Told the output of every block, first to last; it must not keep it.</param>
    internal Tensor Encode(Tensor tokens, Action<int, Tensor>? after)
    {
        using var scope = NewDisposeScope();
        RareConstants.Load();
        var bias = _relativePositions?.Bias();
        for (var i = 0; i < Config.Depth; i++)
        {
            tokens = _blocks[i].forward(tokens, bias);
            after?.Invoke(i, tokens);
        }
        return tokens.MoveToOuterDisposeScope();
    }

    /// <summary>The token LayerNorm, where the pooling has one; otherwise the tokens as they are.</summary>
    internal Tensor Norm(Tensor tokens) => _norm is null ? tokens.alias() : _norm.forward(tokens);

    /// <summary>Pools the tokens of one block, usually the last.</summary>
    /// <param name="tokens">Shape [B, prefix + P, D].</param>
    /// <returns>Shape [B, D], or [B, 2 D] where class token and mean stand side by side. The caller disposes
    /// it.</returns>
    public Tensor Pool(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var pooled = Config.Pooling switch
        {
            Pooling.ClassToken => Norm(tokens).select(1, 0),
            Pooling.MeanOfNormedPatches => OfPatches(Norm(tokens)).mean([1]),
            Pooling.ClassTokenAndMeanOfNormedPatches => ClassTokenAndMean(Norm(tokens)),
            _ => _pooledNorm!.forward(OfPatches(tokens).mean([1])),
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
        (_patches as PatchEmbedding)?.InitialiseXavier();       // a trunk has an initialisation of its own
        if (_classToken is not null) nn.init.normal_(_classToken, 0, TokenDeviation);
        if (_registers is not null) nn.init.normal_(_registers, 0, TokenDeviation);
        if (_positions is Parameter learned) nn.init.normal_(learned, 0, TokenDeviation);
    }

    internal const double TokenDeviation = 0.02;

    internal static void Initialise(Linear linear)
    {
        nn.init.xavier_uniform_(linear.weight);
        if (linear.bias is { } bias) nn.init.zeros_(bias);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _packed?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The feature, [B, D], and the tokens after the last block, [B, prefix + P, D]; the caller's scope owns both.</summary>
    private (Tensor Features, Tensor Last) Look(Tensor images)
    {
        var tokens = Embed(images);
        if (Config.PooledBlocks is not { } count)
        {
            var encoded = Encode(tokens);
            return (Pool(encoded), encoded);
        }
        var pooled = new List<Tensor>();
        var last = Encode(tokens, (block, after) =>
        {
            if (block >= Config.Depth - count) pooled.Add(Pool(after).MoveToOuterDisposeScope());
        });
        return (cat(pooled, 1), last);
    }

    private Tensor ClassTokenAndMean(Tensor tokens) => cat([tokens.select(1, 0), OfPatches(tokens).mean([1])], -1);

    private Tensor OfPatches(Tensor tokens) =>
        tokens.slice(1, Config.PrefixTokens, Config.PrefixTokens + Config.Patches, 1);

    private double DropPathOf(int block) => Config.Depth == 1 ? Config.DropPath : Config.DropPath * block / (Config.Depth - 1);
}
