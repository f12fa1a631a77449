using MoodStream.Mood.Vision;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>Two encoders with projectors, one trained and one that follows it slowly, and a predictor between them.</summary>
/// <remarks>
/// Source: Chen, Xie and He 2021, algorithm 1, §4.2 (patch projection kept as it was drawn, for stability) and the released
/// code (three layers of projector, two of predictor, batch norms, the last one without scale). Owned by one thread.
/// </remarks>
internal sealed class ContrastiveModel : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "encoder")]
    private readonly VisionTransformer _encoder;
    [ComponentName(Name = "projector")]
    private readonly Sequential _projector;
    [ComponentName(Name = "predictor")]
    private readonly Sequential _predictor;
    [ComponentName(Name = "momentum_encoder")]
    private readonly VisionTransformer _slowEncoder;
    [ComponentName(Name = "momentum_projector")]
    private readonly Sequential _slowProjector;
    private readonly double _temperature;

    /// <param name="settings">Shapes and temperature.</param>
    public ContrastiveModel(MocoSettings settings) : base(nameof(ContrastiveModel))
    {
        var (width, hidden, length) = (settings.Encoder.FeatureLength, settings.HiddenWidth, settings.VectorLength);
        _temperature = settings.Temperature;
        _encoder = new VisionTransformer(settings.Encoder);
        _encoder.InitialiseAsMae();
        _projector = Layers(width, hidden, hidden, length);
        _predictor = Layers(length, hidden, length);
        _slowEncoder = new VisionTransformer(settings.Encoder with { DropPath = 0 });
        _slowProjector = Layers(width, hidden, hidden, length);
        RegisterComponents();
        foreach (var (name, weight) in _encoder.named_parameters())
            if (name.StartsWith("patch_embed.", StringComparison.Ordinal))
                weight.requires_grad = false;
        foreach (var weight in SlowWeights()) weight.requires_grad = false;
        Follow(0);
    }

    /// <summary>The encoder that is trained.</summary>
    public VisionTransformer Encoder => _encoder;

    /// <summary>Loss of two views of the same images, each predicting the other.</summary>
    /// <param name="first">Shape [B, 3, S, S].</param>
    /// <param name="second">Shape [B, 3, S, S].</param>
    /// <returns>A scalar: 2τ times the cross-entropy, both ways. The caller disposes it.</returns>
    public override Tensor forward(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        var (one, two) = (Predict(first), Predict(second));
        Tensor slowOne, slowTwo;
        using (no_grad()) (slowOne, slowTwo) = (Slow(first), Slow(second));
        return (Contrast(one, slowTwo) + Contrast(two, slowOne)).MoveToOuterDisposeScope();
    }

    /// <summary>Moves the slow weights towards the trained ones: s ← m·s + (1 − m)·w.</summary>
    /// <param name="momentum">m, in [0, 1]; 0 makes them equal.</param>
    public void Follow(double momentum)
    {
        using var gradientless = no_grad();
        var trained = _encoder.parameters().Concat(_projector.parameters());
        foreach (var (slow, weight) in SlowWeights().Zip(trained)) slow.lerp_(weight, 1 - momentum);
    }

    private IEnumerable<Parameter> SlowWeights() => _slowEncoder.parameters().Concat(_slowProjector.parameters());

    private Tensor Predict(Tensor images) => Unit(_predictor.forward(_projector.forward(_encoder.forward(images))));

    private Tensor Slow(Tensor images) => Unit(_slowProjector.forward(_slowEncoder.forward(images)));

    private Tensor Contrast(Tensor queries, Tensor keys)
    {
        var logits = queries.matmul(keys.t()) / _temperature;                                      // [B, B]
        var own = arange(logits.shape[0], device: logits.device);
        return 2 * _temperature * nn.functional.cross_entropy(logits, own);
    }

    private static Tensor Unit(Tensor vectors) => nn.functional.normalize(vectors, dim: 1);

    private static Sequential Layers(params int[] widths)
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        for (var i = 1; i < widths.Length; i++)
        {
            var last = i == widths.Length - 1;
            layers.Add(nn.Linear(widths[i - 1], widths[i], hasBias: false));
            layers.Add(nn.BatchNorm1d(widths[i], affine: !last));
            if (!last) layers.Add(nn.ReLU());
        }
        return nn.Sequential(layers);
    }
}
