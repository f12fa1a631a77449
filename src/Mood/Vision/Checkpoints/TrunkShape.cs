using MoodStream.Mood.Vision.Convolution;

namespace MoodStream.Mood.Vision.Checkpoints;

/// <summary>Works out stem and stages of a ResNet-v2 from tensors.</summary>
/// <param name="tensors">The checkpoint's tensors.</param>
/// <param name="prefix">In front of the names of stem and stages.</param>
internal sealed class TrunkShape(NamedTensors tensors, string prefix)
{
    private static readonly string[] Layers =
        ["conv1", "conv2", "conv3", "norm1", "norm2", "norm3", "downsample.conv", "downsample.norm"];

    /// <summary>Names of stem and stages below a prefix; ours are the same.</summary>
    public static IEnumerable<(string Theirs, string Ours)> Names(string prefix) =>
    [
        (prefix + "stem.conv", prefix + "stem.conv"), (prefix + "stem.norm", prefix + "stem.norm"),
        .. Layers.Select(layer => $"{prefix}stages.*.blocks.*.{layer}").Select(name => (name, name)),
    ];

    /// <summary>The trunk; problems are added to those of the tensors.</summary>
    /// <param name="hybrid">Whether it is that of a hybrid: activates last, pads as TensorFlow does.</param>
    /// <returns>Null where the stem is missing.</returns>
    public ResNetTrunkConfig? Infer(bool hybrid)
    {
        var stem = tensors.Side(prefix + "stem.conv.weight", 0);
        if (stem == 0)
        {
            tensors.Problems.Add($"'{prefix}stem.conv.weight' is missing: "
                + "only the 7 x 7 stem of BiT and of the ViT hybrids can be read.");
            return null;
        }
        return new()
        {
            StemWidth = stem, Stages = [.. Enumerable.Range(0, tensors.Depth(prefix + "stages.")).Select(Stage)],
            PreActivation = !hybrid, Padding = hybrid ? ConvolutionPadding.Same : ConvolutionPadding.Symmetric,
        };
    }

    private ResNetStage Stage(int index)
    {
        var blocks = $"{prefix}stages.{index}.blocks.";
        return new(tensors.Depth(blocks), tensors.Side(blocks + "0.conv3.weight", 0),
            tensors.Side(blocks + "0.conv1.weight", 0));
    }
}
