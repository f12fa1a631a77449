namespace MoodStream.MoodTests.Vision.Comparators;

/// <summary>Names and shapes of small checkpoints as timm writes them.</summary>
/// <remarks>Written down from the state of the models of timm 1.0.29.dev0 (commit aa4b5850).</remarks>
internal static class TimmShapes
{
    public const int Classes = 5;

    /// <summary>ResNetV2(layers=[2, 1], channels=[128, 256], stem_chs=32, stem_type='fixed').</summary>
    public static Dictionary<string, long[]> ResNetV2() => All(
        Trunk("", 32, [(2, 128), (1, 256)], activatesFirst: true), Norm("norm", 256),
        [("head.fc.weight", [Classes, 256, 1, 1]), ("head.fc.bias", [Classes])]);

    /// <summary>MlpMixer(img_size=(32, 24), patch_size=8, num_blocks=2, embed_dim=16).</summary>
    public static Dictionary<string, long[]> Mixer() => All(
        Layer("stem.proj", 16, 3, 8, 8), MixerBlock("blocks.0."), MixerBlock("blocks.1."), Norm("norm", 16),
            Layer("head", Classes, 16));

    /// <summary>A transformer of 24 channels on two stages, HybridEmbed of ResNetV2(layers, preact=False,
    /// stem_type='same').</summary>
    /// <param name="tokens">Rows of the positions.</param>
    /// <param name="kernel">Cells of the map in a patch, in each direction.</param>
    /// <param name="norm">Name of the last norm.</param>
    public static Dictionary<string, long[]> Hybrid(int tokens, int kernel, string norm) => All(
        Trunk("patch_embed.backbone.", 32, [(1, 128), (1, 256)], activatesFirst: false),
            Transformer(tokens, 256, kernel, norm));

    /// <summary>The same transformer on a stem alone.</summary>
    public static Dictionary<string, long[]> HybridOfStem(int tokens, int kernel) => All(
        [("patch_embed.backbone.conv.weight", [32, 3, 7, 7])], Norm("patch_embed.backbone.norm", 32),
        Transformer(tokens, 32, kernel, "norm"));

    private static IEnumerable<(string, long[])> Transformer(int tokens, int input, int kernel, string norm) =>
    [
        ("cls_token", [1, 1, 24]), ("pos_embed", [1, tokens, 24]),
        .. Layer("patch_embed.proj", 24, input, kernel, kernel),
        .. Enumerable.Range(0, 2).SelectMany(i => TransformerBlock($"blocks.{i}.")), .. Norm(norm, 24),
        .. Layer("head", Classes, 24),
    ];

    private static IEnumerable<(string, long[])> TransformerBlock(string block) =>
    [
        .. Norm(block + "norm1", 24), .. Layer(block + "attn.qkv", 72, 24), .. Layer(block + "attn.proj", 24, 24),
        .. Norm(block + "norm2", 24), .. Layer(block + "mlp.fc1", 96, 24), .. Layer(block + "mlp.fc2", 24, 96),
    ];

    private static IEnumerable<(string, long[])> MixerBlock(string block) =>
    [
        .. Norm(block + "norm1", 16), .. Layer(block + "mlp_tokens.fc1", 8, 12),
        .. Layer(block + "mlp_tokens.fc2", 12, 8),
        .. Norm(block + "norm2", 16), .. Layer(block + "mlp_channels.fc1", 64, 16),
        .. Layer(block + "mlp_channels.fc2", 16, 64),
    ];

    private static IEnumerable<(string, long[])> Trunk(string prefix, int stem, (int Depth, int Width)[] stages,
        bool activatesFirst)
    {
        yield return (prefix + "stem.conv.weight", [stem, 3, 7, 7]);
        if (!activatesFirst)
            foreach (var norm in Norm(prefix + "stem.norm", stem)) yield return norm;
        var input = stem;
        for (var s = 0; s < stages.Length; s++)
        {
            for (var i = 0; i < stages[s].Depth; i++)
            {
                foreach (var tensor in Bottleneck($"{prefix}stages.{s}.blocks.{i}.", input, stages[s].Width,
                    activatesFirst, first: i == 0))
                    yield return tensor;
                input = stages[s].Width;
            }
        }
    }

    private static IEnumerable<(string, long[])> Bottleneck(string block, int input, int output, bool activatesFirst,
        bool first)
    {
        var middle = output / 4;
        IEnumerable<(string, long[])> tensors =
        [
            (block + "conv1.weight", [middle, input, 1, 1]), (block + "conv2.weight", [middle, middle, 3, 3]),
            (block + "conv3.weight", [output, middle, 1, 1]), .. Norm(block + "norm1", activatesFirst ? input : middle),
            .. Norm(block + "norm2", middle), .. Norm(block + "norm3", activatesFirst ? middle : output),
        ];
        if (!first) return tensors;
        tensors = tensors.Append((block + "downsample.conv.weight", [output, input, 1, 1]));
        return activatesFirst ? tensors : tensors.Concat(Norm(block + "downsample.norm", output));
    }

    private static IEnumerable<(string, long[])> Norm(string name, long width) =>
        [(name + ".weight", [width]), (name + ".bias", [width])];

    private static IEnumerable<(string, long[])> Layer(string name, params long[] shape) =>
        [(name + ".weight", shape), (name + ".bias", [shape[0]])];

    private static Dictionary<string, long[]> All(params IEnumerable<(string Name, long[] Shape)>[] parts) =>
        parts.SelectMany(p => p).ToDictionary(t => t.Name, t => t.Shape, StringComparer.Ordinal);
}
