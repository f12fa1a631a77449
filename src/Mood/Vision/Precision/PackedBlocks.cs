using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Precision;

/// <summary>The blocks of a Vision Transformer for inference, run by one call.</summary>
/// <remarks>
/// Weights are converted to bfloat16, and on a CPU laid out for its products, once. There bias, GELU and the residual sum are
/// part of the product that precedes them, so that no pass over the tokens is spent on them. A layer scale is
/// multiplied into the weights in float32 before they are converted: s·(W x + b) = (s W) x + s b.
/// Source of the formats: oneDNN's developer guide, "Inner product" and "Primitive attributes: post-ops".
/// Thread-safety: owned by one thread.
/// </remarks>
internal sealed class PackedBlocks : IDisposable
{
    /// <summary>Tensors of a block before its relative position bias.</summary>
    private const int TensorsOfBlock = 12;

    private const string Source = """
        class Forward(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          def fused(self: __torch__.Forward, x: Tensor, w: List[Tensor], biased: bool, depth: int, heads: int, eps: float) -> Tensor:
            B = x.size(0)
            T = x.size(1)
            D = x.size(2)
            none = annotate(List[Optional[number]], [])
            for i in range(depth):
              k = i * 13
              h = torch.layer_norm(x, [D], w[k], w[k + 1], eps)
              qkv = ops.mkldnn._linear_pointwise(h, w[k + 2], w[k + 3], "none", none, "")
              qkv = qkv.view(B, T, 3, heads, D // heads).permute(2, 0, 3, 1, 4)
              bias = annotate(Optional[Tensor], None)
              if biased:
                bias = w[k + 12]
              a = torch.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], bias)
              a = a.transpose(1, 2).reshape(B, T, D)
              x = ops.mkldnn._linear_pointwise(a, x, w[k + 4], w[k + 5], "add")
              h = torch.layer_norm(x, [D], w[k + 6], w[k + 7], eps)
              h = ops.mkldnn._linear_pointwise(h, w[k + 8], w[k + 9], "gelu", none, "none")
              x = ops.mkldnn._linear_pointwise(h, x, w[k + 10], w[k + 11], "add")
            return x
          def plain(self: __torch__.Forward, x: Tensor, w: List[Tensor], biased: bool, depth: int, heads: int, eps: float) -> Tensor:
            B = x.size(0)
            T = x.size(1)
            D = x.size(2)
            for i in range(depth):
              k = i * 13
              h = torch.layer_norm(x, [D], w[k], w[k + 1], eps)
              qkv = torch.linear(h, w[k + 2], w[k + 3]).view(B, T, 3, heads, D // heads).permute(2, 0, 3, 1, 4)
              bias = annotate(Optional[Tensor], None)
              if biased:
                bias = w[k + 12]
              a = torch.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], bias)
              x = x + torch.linear(a.transpose(1, 2).reshape(B, T, D), w[k + 4], w[k + 5])
              h = torch.gelu(torch.linear(torch.layer_norm(x, [D], w[k + 6], w[k + 7], eps), w[k + 8], w[k + 9]))
              x = x + torch.linear(h, w[k + 10], w[k + 11])
            return x
          def pack(self: __torch__.Forward, w: Tensor) -> Tensor:
            return ops.mkldnn._reorder_linear_weight(w)

        """;

    private readonly jit.ScriptModule _script;
    private readonly Tensor[] _weights;
    private readonly ScalarType _type;
    private readonly VitConfig _config;
    private readonly string _method;
    private readonly bool _biased;

    private PackedBlocks(jit.ScriptModule script, Tensor[] weights, ScalarType type, VitConfig config, (string Method, bool Biased) call) =>
        (_script, _weights, _type, _config, (_method, _biased)) = (script, weights, type, config, call);

    /// <summary>Converts the blocks of an encoder, whose own weights stay as they are. The caller disposes the result.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="type">Type of the matrix products: float32 or bfloat16.</param>
    public static PackedBlocks Of(VisionTransformer encoder, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var script = ScriptArchive.Load(Source);
        var shared = encoder.SharedBias();
        // oneDNN refuses bfloat16 on processors that do not have it.
        var fused = encoder.Blocks[0].OnCpu && (type == ScalarType.Float32 || Bf16Hardware.Has(CPU));
        var weights = new List<Tensor>();
        foreach (var block in encoder.Blocks)
        {
            var floats = block.Foldable(shared);
            for (var i = 0; i < floats.Length; i++)
            {
                var converted = floats[i].to(type).contiguous();
                // In float32 weights stay as they lie, shared with the encoder: laying them out may give the memory that went in, without owning it.
                var isPacked = fused && type == ScalarType.BFloat16 && i < TensorsOfBlock && floats[i].dim() == 2;
                weights.Add(isPacked ? (Tensor)script.invoke("pack", converted) : converted);
            }
        }
        foreach (var weight in weights) weight.DetachFromDisposeScope();
        return new(script, [.. weights], type, encoder.Config, (fused ? "fused" : "plain", shared is not null || encoder.Blocks[0].RelativePositions is not null));
    }

    /// <summary>Runs all blocks.</summary>
    /// <param name="tokens">Shape [B, T, D], any floating type.</param>
    /// <returns>Shape [B, T, D], float32. The caller disposes it.</returns>
    public Tensor Forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var result = (Tensor)_script.invoke(
            _method, tokens.to(_type), _weights, _biased, _config.Depth, _config.Heads, _config.LayerNormEpsilon);
        return result.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weight in _weights) weight.Dispose();
        _script.Dispose();
    }
}
