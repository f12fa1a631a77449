using MoodStream.Mood.Vision.Checkpoints;
using static TorchSharp.torch;

namespace MoodStream.Mood.Verification;

/// <summary>One run of a checkpoint that is no Vision Transformer: its features, and its logits where it has a
/// classifier.</summary>
internal static class PooledRun
{
    /// <summary>Computes all outputs; they belong to the current dispose scope.</summary>
    public static IReadOnlyDictionary<string, Tensor> Compute(
        Checkpoint read, IReadOnlyDictionary<string, Tensor> inputs)
    {
        read.Encoder.eval();
        var features = read.Encoder.forward(inputs["pixel_values"]);
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["pooled"] = features };
        if (read.Beside.TryGetValue("head.weight", out var weight))
            values["logits"] = nn.functional.linear(features, weight, read.Beside.GetValueOrDefault("head.bias"));
        return values;
    }
}
