using System.Runtime.InteropServices;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Trainer.Accumulation;

/// <summary>Images as the maths wants them.</summary>
internal static class FeatureTensors
{
    /// <summary>What has been forgotten to this is nothing in float64, and yet no zero, which would be no weight; nor is its square.</summary>
    private const double SmallestWeight = 1e-150;

    /// <summary>Features as the backbone made them.</summary>
    /// <returns>Rows, shape [B, D], float64. The caller disposes them.</returns>
    public static Tensor Rows(IReadOnlyCollection<LearnedImage> images, int dimension)
    {
        var values = new double[images.Count * dimension];
        var at = 0;
        foreach (var image in images)
            foreach (var value in MemoryMarshal.Cast<byte, Half>(image.Feature))
                values[at++] = (double)value;
        return tensor(values, [images.Count, dimension]);
    }

    /// <summary>Moments of images, each counting for less with every later one.</summary>
    /// <param name="images">Images that are fitted to.</param>
    /// <param name="space">What their features mean.</param>
    /// <param name="forgetting">Factor λ for each later image, in (0, 1].</param>
    /// <param name="sequence">Place that the next image of the partition will have.</param>
    /// <returns>Moments of K classes. The caller disposes them.</returns>
    public static ClassMoments Moments(IReadOnlyCollection<LearnedImage> images, FeatureSpace space, double forgetting, long sequence)
    {
        if (images.Count == 0) return ClassMoments.Empty(space.Classes, space.Dimension);
        using var scope = NewDisposeScope();
        var scaled = space.Detector.Scale(Rows(images, space.Dimension));              // [B, D]
        var labels = tensor(images.Select(i => (long)i.Class).ToArray());              // [B]
        if (forgetting == 1) return ClassMoments.Of(scaled, labels, space.Classes);
        var weights = images.Select(i => Math.Pow(forgetting, sequence - 1 - i.Sequence)).ToArray();
        return ClassMoments.OfWeighted(scaled, labels, space.Classes, tensor(weights).clamp_min(SmallestWeight));
    }
}
