using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Localisation;

namespace MoodStream.Cli.Localisation;

/// <summary>The patch statistics of a gate, from the same split of the images as its threshold.</summary>
internal static class PatchFit
{
    /// <summary>Most held-out patches behind the colour scale; images beyond them are not looked at.</summary>
    private const int MostScalePatches = 4_000_000;

    /// <summary>Fits on some images, and takes the colour scale from others. The caller disposes the result.</summary>
    /// <exception cref="CliException">The kind would take too much memory, or an image cannot be decoded.</exception>
    public static PatchStatistics Run(
        PatchExtraction extraction, IImageDataset dataset, PatchGaussianKind kind,
        (IReadOnlyList<int> Fit, IReadOnlyList<int> Calibration) split, CancellationToken cancellation)
    {
        PatchOptions.RequireBounded(kind, extraction);
        using var moments = new PatchMoments(kind, extraction.Grid, extraction.Dimension);
        extraction.Run(dataset, split.Fit, "patches to fit to", b => moments.Add(b.Tokens), cancellation);
        var gaussian = moments.Fit();
        try
        {
            var held = split.Calibration.Take(Math.Max(1, MostScalePatches / extraction.Grid.Count)).ToArray();
            var maps = new List<double[]>();
            extraction.Run(dataset, held, "held-out patches", b => maps.AddRange(gaussian.Distances(b.Tokens)),
                cancellation);
            return new PatchStatistics(gaussian, HeatMapScale.Of(maps), split.Fit.Count, held.Length);
        }
        catch
        {
            gaussian.Dispose();
            throw;
        }
    }
}
