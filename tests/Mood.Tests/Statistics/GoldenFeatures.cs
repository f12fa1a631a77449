using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Statistics;

/// <summary>The feature sets of golden/stats.</summary>
internal static class GoldenFeatures
{
    public static string[] Sets { get; } =
        ["fewer_samples_than_dims", "layernorm_null_direction", "nearly_collinear", "one_class", "plain", "wide_head"];

    /// <summary>One tensor of a set's data.</summary>
    public static Tensor Load(string set, string name)
    {
        using SafetensorsFile file = GoldenKit.Tensors("stats", set, "data.safetensors");
        return file.Load(name);
    }

    /// <summary>Training labels, shape [n], int64.</summary>
    public static Tensor Labels(string set) => Load(set, "train_labels");
}
