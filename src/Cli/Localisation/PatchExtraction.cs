using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Localisation;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Cli.Localisation;

/// <summary>Some images with their patch tokens; valid only while they are handed out.</summary>
/// <param name="Tokens">Patch tokens, shape [B, P, D], float32.</param>
/// <param name="Images">The decoded images, [B].</param>
/// <param name="Places">Number of each image in the data set, [B].</param>
internal sealed record PatchBatch(Tensor Tokens, IReadOnlyList<RgbImage> Images, IReadOnlyList<int> Places);

/// <summary>Runs images through the backbone a few at a time: patch tokens of a whole set would not fit into
/// memory.</summary>
internal sealed class PatchExtraction(Backbone backbone)
{
    /// <summary>Most tokens that go through the backbone at once.</summary>
    private const int MostTokens = 8192;

    /// <summary>Most decoded images in memory at once.</summary>
    private const int MostImages = 16;

    /// <summary>How the patches of an image lie.</summary>
    public PatchGrid Grid { get; } = backbone.PatchGrid is { } grid ? new(grid.Height, grid.Width)
        : throw new CliException($"A backbone of architecture {backbone.Architecture} has no patches to look at.");

    /// <summary>Length D of a token.</summary>
    public int Dimension => backbone.PatchLength;

    /// <summary>The backbone's preprocessing.</summary>
    public PreprocessingRecipe Recipe => backbone.Recipe;

    /// <summary>Hands out the tokens of some images, in the given order, with a progress bar.</summary>
    /// <param name="dataset">The images.</param>
    /// <param name="places">Which of them.</param>
    /// <param name="title">What is being done, for the bar.</param>
    /// <param name="use">Takes a batch; what it wants to keep it copies.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="CliException">An image cannot be decoded.</exception>
    public void Run(
        IImageDataset dataset, IReadOnlyList<int> places, string title, Action<PatchBatch> use,
            CancellationToken cancellation)
    {
        var size = Math.Clamp(MostTokens / Grid.Count, 1, MostImages);
        ProgressBar.Run(title, places.Count, advance =>
        {
            foreach (var chunk in places.Chunk(size))
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var (images, inputs) = (new RgbImage[chunk.Length], new float[chunk.Length][]);
                Parallel.For(0, chunk.Length, i => (images[i], inputs[i]) = Prepare(dataset, chunk[i]));
                use(new PatchBatch(backbone.ExtractPatches(inputs), images, chunk));
                advance(chunk.Length);
            }
            return places.Count;
        });
    }

    private (RgbImage Image, float[] Input) Prepare(IImageDataset dataset, int place)
    {
        // Masks and maps have the size of the whole image, whatever the backbone is shown.
        var image = Read(dataset, place, shrinkTo: null);
        var input = new float[RgbImage.Channels * Recipe.OutputHeight * Recipe.OutputWidth];
        Recipe.Apply(Recipe.ShrinkTo is { } smaller ? Read(dataset, place, smaller) : image, input);
        return (image, input);
    }

    private static RgbImage Read(IImageDataset dataset, int place, ResizeRule? shrinkTo)
    {
        var decoded = dataset.Read(place, shrinkTo);
        return decoded.Image
            ?? throw new CliException($"{dataset.IdOf(place)} cannot be decoded: {decoded.Detail ?? decoded.Fault.ToString()}");
    }
}
