using System.Text.Json;
using MoodStream.Mood.Vision;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Tokenizers;

/// <summary>Discrete variational autoencoder: convolutions to logits over codes, and back from code vectors to pixels.</summary>
/// <remarks>
/// Source: Ramesh et al. 2021, "Zero-Shot Text-to-Image Generation", §2.1; the small form that BEiT allows for (strided
/// convolutions of 4 x 4, one residual block each). Thread-safety: owned by one thread.
/// </remarks>
public sealed class DiscreteVae : VisualTokenizer
{
    [ComponentName(Name = "encoder")]
    private readonly Sequential _encoder;
    [ComponentName(Name = "codebook")]
    private readonly Parameter _codebook;                                     // [V, E]
    [ComponentName(Name = "decoder")]
    private readonly Sequential _decoder;

    /// <param name="config">The shape.</param>
    /// <exception cref="ArgumentException">It cannot be built; the message lists every problem.</exception>
    public DiscreteVae(DvaeConfig config) : base(nameof(DiscreteVae))
    {
        var problems = config.Problems();
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(config));
        Config = config;
        var hidden = config.Hidden;
        var (down, up) = (new List<nn.Module<Tensor, Tensor>>(), new List<nn.Module<Tensor, Tensor>>());
        up.Add(nn.Conv2d(config.CodeWidth, hidden, 1));
        for (var stage = 0; stage < config.Stages; stage++)
        {
            down.AddRange([nn.Conv2d(stage == 0 ? 3 : hidden, hidden, 4, stride: 2, padding: 1), nn.ReLU(), new Residual(hidden)]);
            up.AddRange([new Residual(hidden), nn.ConvTranspose2d(hidden, hidden, 4, stride: 2, padding: 1), nn.ReLU()]);
        }
        down.Add(nn.Conv2d(hidden, config.Codes, 1));
        up.Add(nn.Conv2d(hidden, 3, 1));
        _encoder = nn.Sequential(down);
        _decoder = nn.Sequential(up);
        _codebook = new Parameter(randn(config.Codes, config.CodeWidth));
        RegisterComponents();
    }

    /// <summary>The shape.</summary>
    public DvaeConfig Config { get; }

    /// <inheritdoc/>
    public override int CodeCount => Config.Codes;

    /// <inheritdoc/>
    public override int ImageSize => Config.ImageSize;

    /// <inheritdoc/>
    public override GridSize Grid => Config.Grid;

    /// <inheritdoc/>
    internal override string Kind => "dvae";

    /// <inheritdoc/>
    internal override string Describe() => JsonSerializer.Serialize(Config);

    /// <inheritdoc/>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Logits(images).argmax(1).flatten(1).MoveToOuterDisposeScope();                      // [B, P]
    }

    /// <summary>Logits over the codes.</summary>
    /// <param name="images">Shape [B, 3, S, S].</param>
    /// <returns>Shape [B, V, G, G]. The caller disposes it.</returns>
    public Tensor Logits(Tensor images) => _encoder.forward(images);

    /// <summary>Images restored from mixtures of codes.</summary>
    /// <param name="weights">Weight of each code, summing to 1 over V, shape [B, V, G, G]; one-hot for codes alone.</param>
    /// <returns>Shape [B, 3, S, S]. The caller disposes it.</returns>
    public Tensor Restore(Tensor weights)
    {
        using var scope = NewDisposeScope();
        var vectors = weights.permute(0, 2, 3, 1).matmul(_codebook).permute(0, 3, 1, 2);           // [B, E, G, G]
        return _decoder.forward(vectors).MoveToOuterDisposeScope();
    }

    /// <summary>Images restored from codes.</summary>
    /// <param name="codes">Shape [B, P], int64.</param>
    /// <returns>Shape [B, 3, S, S]. The caller disposes it.</returns>
    public Tensor RestoreCodes(Tensor codes)
    {
        using var scope = NewDisposeScope();
        var grid = codes.reshape(-1, Grid.Height, Grid.Width);
        return Restore(nn.functional.one_hot(grid, CodeCount).permute(0, 3, 1, 2).to(ScalarType.Float32))
            .MoveToOuterDisposeScope();
    }

    /// <summary>Two convolutions of 3 x 3 and one of 1 x 1, added to what comes in.</summary>
    private sealed class Residual : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "net")]
        private readonly Sequential _branch;

        public Residual(int width) : base(nameof(Residual))
        {
            _branch = nn.Sequential(
                nn.Conv2d(width, width, 3, padding: 1), nn.ReLU(),
                nn.Conv2d(width, width, 3, padding: 1), nn.ReLU(),
                nn.Conv2d(width, width, 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor map)
        {
            using var scope = NewDisposeScope();
            return (_branch.forward(map) + map).MoveToOuterDisposeScope();
        }
    }
}
