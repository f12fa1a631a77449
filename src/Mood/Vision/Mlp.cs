using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Two linear layers with the exact (erf) GELU between them, or gated: silu(x₁)·x₂ (SwiGLU).</summary>
internal sealed class Mlp : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "fc1")]
    private readonly Linear _widen;
    [ComponentName(Name = "fc2")]
    private readonly Linear _narrow;

    private readonly bool _gated;

    /// <param name="width">Token width D.</param>
    /// <param name="hidden">Width between the layers; of a gated MLP, after the gate.</param>
    /// <param name="gated">Whether the first layer gives gate and value side by side.</param>
    /// <remarks>Source of the gate: Shazeer 2020, "GLU Variants Improve Transformer", arXiv:2002.05202.</remarks>
    public Mlp(int width, int hidden, bool gated = false) : base(nameof(Mlp))
    {
        _gated = gated;
        _widen = nn.Linear(width, gated ? 2 * hidden : hidden);
        _narrow = nn.Linear(hidden, width);
        RegisterComponents();
    }

    /// <summary>The two linear layers.</summary>
    internal (Linear Widen, Linear Narrow) Layers => (_widen, _narrow);

    /// <param name="tokens">Tokens, shape [B, T, D].</param>
    /// <returns>Shape [B, T, D].</returns>
    public override Tensor forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var wide = _widen.Apply(tokens);                                                  // [B, T, hidden or 2·hidden]
        if (!_gated) return _narrow.Apply(nn.functional.gelu(wide)).MoveToOuterDisposeScope();
        var halves = wide.chunk(2, -1);                                                      // gate, value
        return _narrow.Apply(nn.functional.silu(halves[0]) * halves[1]).MoveToOuterDisposeScope();
    }
}
