using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Cli.Features;

/// <summary>Inputs of detectors for a whole data set.</summary>
/// <param name="Features">Features, shape [N, D], float32.</param>
/// <param name="Pixels">Pooled pixels, shape [N, 192], float32.</param>
/// <param name="Labels">Class of each row, shape [N], int64; null where there are no labels.</param>
/// <param name="Places">Number of each row's image in the data set, [N]; damaged images have no row.</param>
/// <param name="Damaged">Images that could not be decoded: id and reason.</param>
internal sealed record ExtractedSet(
    Tensor Features, Tensor Pixels, Tensor? Labels, IReadOnlyList<int> Places, IReadOnlyList<(int Index, string Reason)> Damaged) : IDisposable
{
    private Tensor? _both;

    /// <summary>The rows that a detector looks at, shape [N, D]. Owned by this set.</summary>
    public Tensor InputsOf(Detector detector) => detector.Input switch
    {
        DetectorInput.Features => Features,
        DetectorInput.Pixels => Pixels,
        _ => _both ??= cat([Features, Pixels], 1).DetachFromDisposeScope(),
    };

    public void Dispose()
    {
        _both?.Dispose();
        Features.Dispose();
        Pixels.Dispose();
        Labels?.Dispose();
    }
}

/// <summary>Runs every image of a data set through decoding, preprocessing and the backbone.</summary>
internal sealed class FeatureExtraction(Backbone backbone)
{
    private const int ChunkSize = 128;

    /// <summary>Extracts all rows, in the order of the data set. The caller disposes them.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="advance">Told how many images are done.</param>
    /// <param name="cancellation">Stops between two chunks.</param>
    public ExtractedSet Extract(IImageDataset dataset, Action<int> advance, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var (features, pixels) = (new List<Tensor> { empty(0, backbone.FeatureLength) }, new List<float[]>());
        var (places, damaged) = (new List<int>(), new List<(int, string)>());
        foreach (var chunk in Enumerable.Range(0, dataset.Count).Chunk(ChunkSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var prepared = new Prepared[chunk.Length];
            Parallel.For(0, chunk.Length, i => prepared[i] = Prepare(dataset, chunk[i]));
            damaged.AddRange(prepared.Where(p => p.Input is null).Select(p => (p.Index, p.Reason!)));
            Prepared[] good = [.. prepared.Where(p => p.Input is not null)];
            if (good.Length > 0) features.Add(backbone.Extract([.. good.Select(p => p.Input!)]));
            pixels.AddRange(good.Select(p => p.Pooled!));
            places.AddRange(good.Select(p => p.Index));
            advance(chunk.Length);
        }
        return new(
            cat(features).MoveToOuterDisposeScope(),
            tensor(pixels.SelectMany(p => p).ToArray(), [places.Count, PixelFeatures.Count]).MoveToOuterDisposeScope(),
            LabelsOf(dataset, places)?.MoveToOuterDisposeScope(), places, damaged);
    }

    /// <summary>Extracts with a progress bar, and refuses a set with damaged images unless they may be skipped.</summary>
    /// <exception cref="CliException">An image is damaged and may not be skipped, or none is left.</exception>
    public ExtractedSet ExtractWithProgress(IImageDataset dataset, bool skipDamaged, CancellationToken cancellation)
    {
        var set = ProgressBar.Run(dataset.Name, dataset.Count, advance => Extract(dataset, advance, cancellation));
        try
        {
            RequireWhole(set, dataset, skipDamaged);
            return set;
        }
        catch (CliException)
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a set with damaged images, unless they may be skipped, and one without any other.</summary>
    /// <exception cref="CliException">It is refused.</exception>
    public static void RequireWhole(ExtractedSet set, IImageDataset dataset, bool skipDamaged)
    {
        if (set.Damaged.Count > 0 && !skipDamaged)
        {
            var (index, reason) = set.Damaged[0];
            throw new CliException(
                $"{set.Damaged.Count} of {dataset.Count} images of {dataset.Name} cannot be decoded, the first is "
                + $"{dataset.IdOf(index)}: {reason} Remove them, or pass --skip-damaged.");
        }
        if (set.Places.Count == 0) throw new CliException($"{dataset.Name} holds no image that can be decoded.");
    }

    private readonly record struct Prepared(int Index, float[]? Input, float[]? Pooled, string? Reason);

    private Prepared Prepare(IImageDataset dataset, int index)
    {
        var recipe = backbone.Recipe;
        var decoded = dataset.Read(index, recipe.ShrinkTo);
        if (decoded.Image is not { } image) return new(index, null, null, decoded.Detail ?? decoded.Fault.ToString());
        var input = new float[RgbImage.Channels * recipe.OutputHeight * recipe.OutputWidth];
        recipe.Apply(image, input);
        return new(index, input, PixelFeatures.Extract(image.Pixels, image.Width, image.Height), null);
    }

    private static Tensor? LabelsOf(IImageDataset dataset, List<int> places) =>
        dataset.ClassNames.Count == 0 ? null : tensor(places.Select(i => (long)dataset.LabelOf(i)!.Value).ToArray());
}
