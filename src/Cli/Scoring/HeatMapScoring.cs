using MoodStream.Cli.Localisation;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Localisation;

namespace MoodStream.Cli.Scoring;

/// <summary>The heat maps that <c>mood score</c> wrote, and what their colours stand for.</summary>
internal sealed record HeatMapsResult(
    string Folder, int Count, string PatchGaussian, int GridRows, int GridColumns, double ScaleLow, double ScaleHigh,
    double Smoothing);

/// <summary>Heat maps of scored images.</summary>
internal static class HeatMapScoring
{
    /// <summary>The patch statistics, which a fit makes on request only.</summary>
    /// <exception cref="CliException">There are none, or they are of another grid than the backbone's.</exception>
    public static PatchStatistics Require(GateStatistics statistics, PatchExtraction extraction)
    {
        var patches = statistics.Patches
            ?? throw new CliException(
                "The statistics hold no patches to draw heat maps with: fit them again with mood fit --patches.");
        return patches.Gaussian.Grid == extraction.Grid && patches.Gaussian.Dimension == extraction.Dimension
            ? patches
            : throw new CliException(
                $"The statistics have {patches.Gaussian.Grid} patches of {patches.Gaussian.Dimension} values, "
                + $"the backbone {extraction.Grid} of {extraction.Dimension}.");
    }

    /// <summary>Writes the map of each image.</summary>
    /// <param name="extraction">The backbone.</param>
    /// <param name="patches">What the maps are made with.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="places">Those that can be decoded.</param>
    /// <param name="folder">Where the maps go.</param>
    /// <param name="smoothing">Standard deviation of the smoothing, in patches.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static HeatMapsResult Write(
        PatchExtraction extraction, PatchStatistics patches, IImageDataset dataset, IReadOnlyList<int> places,
        HeatMapFolder folder, double smoothing, CancellationToken cancellation)
    {
        extraction.Run(dataset, places, "heat maps", batch =>
        {
            var distances = patches.Gaussian.Distances(batch.Tokens);
            Parallel.For(0, batch.Places.Count, i =>
            {
                var image = batch.Images[i];
                var map = new HeatMap(extraction.Grid, distances[i]).Smoothed(smoothing);
                folder.Write(batch.Places[i], image, map.Spread(extraction.Recipe, image.Width, image.Height),
                    patches.Scale);
            });
        }, cancellation);
        return new HeatMapsResult(
            folder.Path, places.Count, patches.Gaussian.Kind.Name(), extraction.Grid.Rows, extraction.Grid.Columns,
            patches.Scale.Low, patches.Scale.High, smoothing);
    }
}
