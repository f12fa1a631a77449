using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Bench.Forward;

/// <summary>Writes a plain Vision Transformer as ONNX, with the operators that the usual exporters give.</summary>
/// <remarks>Class token, learned positions, GELU, no layer scale, no relative bias, the class token as the feature.</remarks>
internal sealed class VitExport : IDisposable
{
    /// <summary>Name of the images in the graph.</summary>
    public const string Input = "images";

    private readonly OnnxGraph _graph = new();
    private readonly IReadOnlyDictionary<string, Tensor> _state;
    private readonly VitConfig _config;
    private readonly int _batch;

    private VitExport(VisionTransformer encoder, int batch) => (_state, _config, _batch) = (encoder.state_dict(), encoder.Config, batch);

    /// <summary>Writes the file.</summary>
    /// <param name="encoder">The encoder, in float32.</param>
    /// <param name="batch">Images of a batch B; the graph is for this one.</param>
    /// <param name="path">The file.</param>
    /// <returns>Name of the output, shape [B, D].</returns>
    public static string Write(VisionTransformer encoder, int batch, string path)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        using var export = new VitExport(encoder, batch);
        return export.Write(path);
    }

    /// <inheritdoc/>
    public void Dispose() => _graph.Dispose();

    private string Write(string path)
    {
        var tokens = Embed();
        for (var i = 0; i < _config.Depth; i++) tokens = Block(tokens, $"blocks.{i}.");
        var normed = Norm(tokens, "norm");
        var feature = _graph.Node("Gather", [normed, _graph.Constant<long>([], [0])], ("axis", 1));          // [B, D]
        var side = _config.ImageSize;
        _graph.Save(path, (Input, [_batch, 3, side, side]), (feature, [_batch, _config.Width]));
        return feature;
    }

    private string Embed()
    {
        var patch = _config.PatchSize;
        var cells = _graph.Node(
            "Conv", [Input, Weight("patch_embed.proj.weight"), Weight("patch_embed.proj.bias")],
            ("kernel_shape", new[] { patch, patch }), ("strides", new[] { patch, patch }));               // [B, D, rows, columns]
        var flat = _graph.Node("Reshape", [cells, _graph.Integers(_batch, _config.Width, _config.Patches)]);
        var patches = _graph.Node("Transpose", [flat], ("perm", new[] { 0, 2, 1 }));                      // [B, P, D]
        var token = Constant(_state["cls_token"].expand(_batch, -1, -1));
        var tokens = _graph.Node("Concat", [token, patches], ("axis", 1));
        return _graph.Node("Add", [tokens, Weight("pos_embed")]);                                         // [B, T, D]
    }

    private string Block(string tokens, string at)
    {
        var attended = _graph.Node("Add", [tokens, Attention(Norm(tokens, at + "norm1"), at + "attn.")]);
        var wide = _graph.Node("Gelu", [Linear(Norm(attended, at + "norm2"), at + "mlp.fc1")]);
        return _graph.Node("Add", [attended, Linear(wide, at + "mlp.fc2")]);
    }

    private string Attention(string tokens, string at)
    {
        int heads = _config.Heads, length = _config.Width / heads;
        var split = _graph.Node("Reshape", [Linear(tokens, at + "qkv"), _graph.Integers(_batch, -1, 3, heads, length)]);
        var ordered = _graph.Node("Transpose", [split], ("perm", new[] { 2, 0, 3, 1, 4 }));               // [3, B, heads, T, d]
        string[] qkv = [.. Enumerable.Range(0, 3).Select(
            i => _graph.Node("Gather", [ordered, _graph.Constant<long>([], [i])], ("axis", 0)))];
        var keys = _graph.Node("Transpose", [qkv[1]], ("perm", new[] { 0, 1, 3, 2 }));
        var scaled = _graph.Node("Mul", [qkv[0], _graph.Constant<float>([], [1 / MathF.Sqrt(length)])]);
        var weights = _graph.Node("Softmax", [_graph.Node("MatMul", [scaled, keys])], ("axis", -1));      // [B, heads, T, T]
        var mixed = _graph.Node("Transpose", [_graph.Node("MatMul", [weights, qkv[2]])], ("perm", new[] { 0, 2, 1, 3 }));
        return Linear(_graph.Node("Reshape", [mixed, _graph.Integers(_batch, -1, _config.Width)]), at + "proj");
    }

    private string Norm(string tokens, string name) => _graph.Node(
        "LayerNormalization", [tokens, Weight(name + ".weight"), Weight(name + ".bias")],
        ("axis", -1), ("epsilon", (float)_config.LayerNormEpsilon));

    private string Linear(string tokens, string name)
    {
        var product = _graph.Node("MatMul", [tokens, Constant(_state[name + ".weight"].t())]);
        return _graph.Node("Add", [product, Weight(name + ".bias")]);
    }

    private string Weight(string name) => Constant(_state[name]);

    private string Constant(Tensor values) =>
        _graph.Constant<float>(values.shape, values.contiguous().data<float>().ToArray());
}
