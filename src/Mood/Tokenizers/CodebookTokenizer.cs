using System.Text.Json;
using MoodStream.Mood.Vision;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Tokenizers;

/// <summary>A small encoder whose patches become the nearest codes of a codebook, from which a teacher's patches are restored.</summary>
/// <remarks>
/// Source: Peng et al. 2022, "BEiT v2: Masked Image Modeling with Vector-Quantized Visual Tokenizers", §3.1, and its released
/// code (tanh between the layers that narrow and widen). Thread-safety: owned by one thread.
/// </remarks>
public sealed class CodebookTokenizer : VisualTokenizer
{
    [ComponentName(Name = "encoder")]
    private readonly VisionTransformer _encoder;
    [ComponentName(Name = "narrow")]
    private readonly Sequential _narrow;
    [ComponentName(Name = "codebook")]
    private readonly Codebook _codebook;
    [ComponentName(Name = "widen")]
    private readonly Linear _widen;
    [ComponentName(Name = "decoder")]
    private readonly ModuleList<Block> _decoder;
    [ComponentName(Name = "restore")]
    private readonly Sequential _restore;

    /// <param name="config">The shape.</param>
    /// <exception cref="ArgumentException">It cannot be built; the message lists every problem.</exception>
    public CodebookTokenizer(CodebookConfig config) : base(nameof(CodebookTokenizer))
    {
        var problems = config.Problems();
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(config));
        Config = config;
        var width = config.Encoder.Width;
        _encoder = new VisionTransformer(config.Encoder);
        _encoder.InitialiseAsMae();
        _narrow = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, config.CodeWidth));
        _codebook = new Codebook(config.Codes, config.CodeWidth);
        _widen = nn.Linear(config.CodeWidth, width);
        var block = config.Encoder with { RelativePositions = RelativePositionBias.None, DropPath = 0 };
        _decoder = new ModuleList<Block>([.. Enumerable.Range(0, config.DecoderDepth).Select(_ => new Block(block, 0))]);
        _restore = nn.Sequential(nn.Linear(width, width), nn.Tanh(), nn.Linear(width, config.TeacherWidth));
        RegisterComponents();
    }

    /// <summary>The shape.</summary>
    public CodebookConfig Config { get; }

    /// <inheritdoc/>
    public override int CodeCount => Config.Codes;

    /// <inheritdoc/>
    public override int ImageSize => Config.Encoder.ImageSize;

    /// <inheritdoc/>
    public override GridSize Grid => Config.Encoder.Grid;

    /// <summary>The codebook.</summary>
    internal Codebook Codebook => _codebook;

    /// <inheritdoc/>
    internal override string Kind => "vqkd";

    /// <inheritdoc/>
    internal override string Describe() => JsonSerializer.Serialize(Config);

    /// <inheritdoc/>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var vectors = Vectors(images);                                                             // [B, P, E]
        return _codebook.forward(vectors.flatten(0, 1)).reshape(vectors.shape[0], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Unit vectors of the patches, before they are quantised.</summary>
    /// <param name="images">Shape [B, 3, S, S].</param>
    /// <returns>Shape [B, P, E]. The caller disposes it.</returns>
    internal Tensor Vectors(Tensor images)
    {
        using var scope = NewDisposeScope();
        var narrow = _narrow.forward(_encoder.PatchTokens(images));
        return nn.functional.normalize(narrow, dim: -1).MoveToOuterDisposeScope();
    }

    /// <summary>The teacher's patches, restored.</summary>
    /// <param name="vectors">Code vectors, shape [B, P, E].</param>
    /// <returns>Shape [B, P, teacher's width]. The caller disposes it.</returns>
    internal Tensor Restore(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        var tokens = _widen.forward(vectors);
        foreach (var block in _decoder) tokens = block.forward(tokens, null);
        return _restore.forward(tokens).MoveToOuterDisposeScope();
    }
}
