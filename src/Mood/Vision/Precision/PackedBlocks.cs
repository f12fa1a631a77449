using TorchSharp;
using static TorchSharp.torch;

namespace MoodStream.Mood.Vision.Precision;

/// <summary>The blocks of a Vision Transformer for inference, run by one call.</summary>
/// <remarks>
/// Weights are converted once, to the type of the products; bfloat16 ones are laid out for a CPU's products as well. There bias and GELU are
/// part of the product that precedes them, in float32 the residual sum too, so that no pass over the tokens is spent on them. With products in
/// bfloat16 the sum itself and its norms stay in float32: what every block adds to would lose what is small.
/// A layer scale is multiplied into the weights in float32 before they are converted: s·(W x + b) = (s W) x + s b.
/// Attention in bfloat16 of up to <see cref="MostExplicit"/> tokens is two products and a softmax, for as many images at a time as keep the logits
/// in the processor's cache: libtorch's own, which never holds the logits, carries such products out in float32 on a CPU and takes twice as long.
/// Source of the formats: oneDNN's developer guide, "Inner product" and "Primitive attributes: post-ops".
/// Thread-safety: owned by one thread.
/// </remarks>
internal sealed class PackedBlocks : IDisposable
{
    /// <summary>Tokens up to which attention holds its logits.</summary>
    private const int MostExplicit = 256;

    /// <summary>Logits that are held at once, about; more where one image has more.</summary>
    private const int LogitsAtOnce = 2_000_000;

    /// <summary>Rows of a block, of which oneDNN gives each thread whole ones in a product in bfloat16.</summary>
    private const int RowsOfBlock = 64;

    /// <summary>
    /// Rows of an incomplete block that are multiplied apart at most, of how many at least and at most, and from which width on. Two threads share 197
    /// rows as 128 and 69, so that one waits for the other; 192 they share evenly, and five more take little. Measured in docs/performance.md.
    /// </summary>
    private const int MostApart = 22, FewestRows = 128, MostRows = 600, NarrowestApart = 384;

    /// <summary>Tensors of a block before its relative position bias.</summary>
    private const int TensorsOfBlock = 12;

    private static readonly string Source = $$"""
        class Forward(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          def attend(self: __torch__.Forward, qkv: Tensor, bias: Optional[Tensor], scale: float, single: bool) -> Tensor:
            B = qkv.size(1)
            T = qkv.size(3)
            if T > {{MostExplicit}} or single:
              mixed = torch.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], bias)
            else:
              qkv = qkv.contiguous()
              q = torch.mul(qkv[0], scale)
              k = qkv[1].transpose(-2, -1)
              most = max(1, {{LogitsAtOnce}} // (qkv.size(2) * T * T))
              parts = annotate(List[Tensor], [])
              for i in range((B + most - 1) // most):
                n = min(most, B - i * most)
                logits = torch.matmul(torch.narrow(q, 0, i * most, n), torch.narrow(k, 0, i * most, n))
                if bias is not None:
                  logits = torch.add_(logits, bias)
                parts.append(torch.matmul(torch.softmax(logits, -1), torch.narrow(qkv[2], 0, i * most, n)))
              mixed = torch.cat(parts)
            return mixed.transpose(1, 2)
          def product(self: __torch__.Forward, h: Tensor, w: Tensor, b: Tensor, attribute: str, algorithm: str) -> Tensor:
            none = annotate(List[Optional[number]], [])
            rows = h.size(0) * h.size(1)
            rest = rows % {{RowsOfBlock}}
            if rest == 0 or rest > {{MostApart}} or rows < {{FewestRows}} or rows > {{MostRows}} or h.size(2) < {{NarrowestApart}} or h.dtype != {{(int)ScalarType.BFloat16}}:
              y = ops.mkldnn._linear_pointwise(h, w, b, attribute, none, algorithm)
            else:
              flat = h.reshape(rows, h.size(2))
              first = ops.mkldnn._linear_pointwise(torch.narrow(flat, 0, 0, rows - rest), w, b, attribute, none, algorithm)
              last = ops.mkldnn._linear_pointwise(torch.narrow(flat, 0, rows - rest, rest), w, b, attribute, none, algorithm)
              y = torch.cat([first, last]).view(h.size(0), h.size(1), first.size(1))
            return y
          def fused(self: __torch__.Forward, x: Tensor, w: List[Tensor], biased: bool, depth: int, heads: int, eps: float) -> Tensor:
            B = x.size(0)
            T = x.size(1)
            D = x.size(2)
            single = x.dtype == w[3].dtype
            if not single:
              x = x.clone()
            for i in range(depth):
              k = i * 13
              h = torch.layer_norm(x, [D], w[k], w[k + 1], eps).type_as(w[k + 3])
              qkv = self.product(h, w[k + 2], w[k + 3], "none", "")
              qkv = qkv.view(B, T, 3, heads, D // heads).permute(2, 0, 3, 1, 4)
              bias = annotate(Optional[Tensor], None)
              if biased:
                bias = w[k + 12]
              a = self.attend(qkv, bias, (D // heads) ** -0.5, single).reshape(B, T, D)
              if single:
                x = ops.mkldnn._linear_pointwise(a, x, w[k + 4], w[k + 5], "add")
              else:
                x = torch.add_(x, self.product(a, w[k + 4], w[k + 5], "none", ""))
              h = torch.layer_norm(x, [D], w[k + 6], w[k + 7], eps).type_as(w[k + 3])
              h = self.product(h, w[k + 8], w[k + 9], "gelu", "none")
              if single:
                x = ops.mkldnn._linear_pointwise(h, x, w[k + 10], w[k + 11], "add")
              else:
                x = torch.add_(x, self.product(h, w[k + 10], w[k + 11], "none", ""))
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
    private readonly ScalarType _sums;
    private readonly VitConfig _config;
    private readonly string _method;
    private readonly bool _biased;

    /// <summary>TorchSharp makes one of a plain number for each call and lets go of it before the call: the collector may have freed it by then.</summary>
    private readonly Scalar _epsilon;

    private PackedBlocks(jit.ScriptModule script, Tensor[] weights, ScalarType sums, VitConfig config, (string Method, bool Biased) call) =>
        (_script, _weights, _sums, _config, (_method, _biased), _epsilon) =
        (script, weights, sums, config, call, config.LayerNormEpsilon.ToScalar());

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
                var isNorm = i is 0 or 1 or 6 or 7;
                var converted = floats[i].to(fused && isNorm ? ScalarType.Float32 : type).contiguous();
                // In float32 weights stay as they lie, shared with the encoder: laying them out may give the memory that went in, without owning it.
                var isPacked = fused && type == ScalarType.BFloat16 && i < TensorsOfBlock && floats[i].dim() == 2;
                weights.Add(isPacked ? (Tensor)script.invoke("pack", converted) : converted);
            }
        }
        foreach (var weight in weights) weight.DetachFromDisposeScope();
        return new(script, [.. weights], fused ? ScalarType.Float32 : type, encoder.Config, (fused ? "fused" : "plain", shared is not null || encoder.Blocks[0].RelativePositions is not null));
    }

    /// <summary>Runs all blocks.</summary>
    /// <param name="tokens">Shape [B, T, D], any floating type.</param>
    /// <returns>Shape [B, T, D], float32. The caller disposes it.</returns>
    public Tensor Forward(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        RareConstants.Load();
        var result = (Tensor)_script.invoke(_method, tokens.to(_sums), _weights, _biased, _config.Depth, _config.Heads, _epsilon);
        GC.KeepAlive(_epsilon);
        return result.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weight in _weights) weight.Dispose();
        _epsilon.Dispose();
        _script.Dispose();
    }
}
