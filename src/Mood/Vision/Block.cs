using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>One pre-norm block: x + s₁·Attention(LN(x)), then x + s₂·MLP(LN(x)), s the layer scale, each path droppable.</summary>
/// <remarks>Source: Dosovitskiy et al. 2021, eq. (2) and (3); layer scale: Touvron et al. 2021; drop path: Huang et al. 2016.</remarks>
internal sealed class Block : nn.Module<Tensor, Tensor?, Tensor>
{
    [ComponentName(Name = "norm1")]
    private readonly LayerNorm _norm1;
    [ComponentName(Name = "attn")]
    private readonly Attention _attention;
    [ComponentName(Name = "norm2")]
    private readonly LayerNorm _norm2;
    [ComponentName(Name = "mlp")]
    private readonly Mlp _mlp;
    [ComponentName(Name = "gamma_1")]
    private readonly Parameter? _scale1;
    [ComponentName(Name = "gamma_2")]
    private readonly Parameter? _scale2;
    [ComponentName(Name = "rel_pos_bias")]
    private readonly RelativePositions? _relativePositions;
    private readonly double _dropPath;

    /// <param name="config">The encoder's configuration.</param>
    /// <param name="dropPath">Probability to drop a path for a sample while training, in [0, 1).</param>
    public Block(VitConfig config, double dropPath) : base(nameof(Block))
    {
        _dropPath = dropPath;
        _norm1 = nn.LayerNorm(config.Width, config.LayerNormEpsilon);
        _attention = new Attention(config.Width, config.Heads, config.QkvBias);
        _norm2 = nn.LayerNorm(config.Width, config.LayerNormEpsilon);
        _mlp = new Mlp(config.Width, config.HiddenWidth, config.GatedMlp);
        if (config.LayerScale is { } scale)
        {
            _scale1 = new Parameter(full(config.Width, scale));
            _scale2 = new Parameter(full(config.Width, scale));
        }
        if (config.RelativePositions == RelativePositionBias.PerBlock)
            _relativePositions = new RelativePositions(config.Grid, config.Heads, config.ClassToken);
        RegisterComponents();
    }

    /// <summary>The block's own relative position bias; null where it has none.</summary>
    internal RelativePositions? RelativePositions => _relativePositions;

    /// <param name="tokens">Tokens, shape [B, T, D].</param>
    /// <param name="bias">Shared relative position bias, shape [1, heads, T, T]; null for none.</param>
    /// <returns>Shape [B, T, D].</returns>
    public override Tensor forward(Tensor tokens, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var own = _relativePositions?.Bias() ?? bias;
        var attended = tokens + Path(_attention.forward(_norm1.forward(tokens), own), _scale1);
        return (attended + Path(_mlp.forward(_norm2.forward(attended)), _scale2)).MoveToOuterDisposeScope();
    }

    /// <summary>Whether the weights lie in the memory of the processor.</summary>
    internal bool OnCpu => _norm1.weight.device.type == TorchSharp.DeviceType.CPU;

    /// <summary>The block as one list of float32 tensors, with the layer scale multiplied into weights and biases.</summary>
    /// <param name="shared">Shared relative position bias; null for none.</param>
    /// <returns>Weight and bias of: first norm, query-key-value, projection, second norm, widening, narrowing; then the
    /// relative position bias, or an empty tensor. In the present dispose scope.</returns>
    internal Tensor[] Foldable(Tensor? shared)
    {
        var (qkv, projection) = _attention.Layers;
        var (widen, narrow) = _mlp.Layers;
        return
        [
            _norm1.weight, _norm1.bias!, .. Scaled(qkv, null), .. Scaled(projection, _scale1),
            _norm2.weight, _norm2.bias!, .. Scaled(widen, null), .. Scaled(narrow, _scale2),
            _relativePositions?.Bias() ?? shared ?? empty(0),
        ];
    }

    private static Tensor[] Scaled(Linear layer, Parameter? scale)
    {
        var bias = layer.bias ?? zeros(layer.weight.shape[0], device: layer.weight.device);
        return scale is null ? [layer.weight, bias] : [layer.weight * scale.unsqueeze(1), bias * scale];
    }

    private Tensor Path(Tensor branch, Parameter? scale)
    {
        if (scale is not null) branch = branch * scale;
        if (!training || _dropPath == 0) return branch;
        var keep = empty(branch.shape[0], 1, 1, dtype: branch.dtype, device: branch.device).bernoulli_(1 - _dropPath);
        return branch * keep / (1 - _dropPath);
    }
}
