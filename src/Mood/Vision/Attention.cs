using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>Multi-head self-attention with packed query, key and value, and an optional bias on the logits.</summary>
/// <remarks>Source: Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words", appendix A.</remarks>
internal sealed class Attention : nn.Module<Tensor, Tensor?, Tensor>
{
    [ComponentName(Name = "qkv")]
    private readonly Linear _qkv;
    [ComponentName(Name = "proj")]
    private readonly Linear _projection;
    private readonly int _heads;

    public Attention(int width, int heads, bool qkvBias) : base(nameof(Attention))
    {
        _heads = heads;
        _qkv = nn.Linear(width, 3 * width, hasBias: qkvBias);
        _projection = nn.Linear(width, width);
        RegisterComponents();
    }

    /// <summary>The two linear layers.</summary>
    internal (Linear QueryKeyValue, Linear Projection) Layers => (_qkv, _projection);

    /// <param name="tokens">Tokens, shape [B, T, D].</param>
    /// <param name="bias">Added to the logits, broadcast to [B, heads, T, T]; null for none.</param>
    /// <returns>Shape [B, T, D].</returns>
    public override Tensor forward(Tensor tokens, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var (batch, count, width) = (tokens.shape[0], tokens.shape[1], tokens.shape[2]);
        var qkv = _qkv.Apply(tokens).reshape(batch, count, 3, _heads, width / _heads).permute(2, 0, 3, 1, 4);
        var mixed = nn.functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], bias?.to(qkv.dtype));   // [B, heads, T, D/heads]
        return _projection.Apply(mixed.transpose(1, 2).reshape(batch, count, width)).MoveToOuterDisposeScope();
    }
}
