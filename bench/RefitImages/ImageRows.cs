using System.Runtime.InteropServices;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Bench.RefitImages;

/// <summary>Features of a data set's images, as scorers put them on the wire: D values of float16 each.</summary>
internal sealed class ImageRows
{
    private const int ChunkSize = 128;
    private readonly Dictionary<int, byte[]> _features = [];

    private ImageRows(int dimension) => Dimension = dimension;

    /// <summary>Number of features D.</summary>
    public int Dimension { get; }

    /// <summary>The feature of an image, 2·D bytes.</summary>
    public byte[] Of(int image) => _features[image];

    /// <summary>Rows as a gate judges them, shape [N, D], float32. The caller disposes them.</summary>
    public Tensor Rows(IReadOnlyList<int> images)
    {
        var values = new float[images.Count * Dimension];
        for (var i = 0; i < images.Count; i++)
        {
            var feature = MemoryMarshal.Cast<byte, Half>(_features[images[i]]);
            for (var d = 0; d < Dimension; d++) values[i * Dimension + d] = (float)feature[d];
        }
        return tensor(values, [images.Count, Dimension]);
    }

    /// <summary>Runs images through a change of their pixels, preprocessing and the backbone.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="dataset">The images; none of those wanted is damaged.</param>
    /// <param name="images">Numbers of the images wanted.</param>
    /// <param name="change">Changes pixels.</param>
    /// <param name="advance">Told how many images are done.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static ImageRows Extract(
        Backbone backbone, IImageDataset dataset, IReadOnlyList<int> images, Func<RgbImage, RgbImage> change, Action<int> advance,
        CancellationToken cancellation)
    {
        var rows = new ImageRows(backbone.FeatureLength);
        foreach (var chunk in images.Chunk(ChunkSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var inputs = new float[chunk.Length][];
            Parallel.For(0, chunk.Length, i => inputs[i] = Input(backbone.Recipe, change(dataset.Read(chunk[i]).Image!)));
            using var features = backbone.Extract(inputs);                       // [B, D]
            var values = features.data<float>().ToArray();
            for (var i = 0; i < chunk.Length; i++)
                rows._features[chunk[i]] = Halves(values.AsSpan(i * rows.Dimension, rows.Dimension));
            advance(chunk.Length);
        }
        return rows;
    }

    private static float[] Input(PreprocessingRecipe recipe, RgbImage image)
    {
        var input = new float[RgbImage.Channels * recipe.OutputHeight * recipe.OutputWidth];
        recipe.Apply(image, input);
        return input;
    }

    private static byte[] Halves(ReadOnlySpan<float> values)
    {
        var halves = new Half[values.Length];
        for (var d = 0; d < halves.Length; d++) halves[d] = (Half)values[d];
        return MemoryMarshal.AsBytes<Half>(halves).ToArray();
    }
}
