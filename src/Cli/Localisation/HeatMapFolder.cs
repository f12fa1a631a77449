using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Localisation;

namespace MoodStream.Cli.Localisation;

/// <summary>
/// A folder of heat maps, one PNG for each image at the image's own relative path with <c>.png</c> appended; images
/// without a path go by their number.
/// </summary>
internal sealed class HeatMapFolder
{
    private readonly IImageDataset _dataset;

    /// <exception cref="CliException">The folder lies inside the folder of the images: the next run would score
    /// maps.</exception>
    public HeatMapFolder(DirectoryInfo folder, IImageDataset dataset)
    {
        (Path, _dataset) = (System.IO.Path.GetFullPath(folder.FullName), dataset);
        if (dataset is ImageFolder images && IsInside(System.IO.Path.GetFullPath(images.Root), Path))
            throw new CliException(
                $"--heatmaps {Path} lies inside the images' folder {images.Root}; choose one outside, "
                + "or maps become images.",
                ExitCode.WrongUsage);
    }

    /// <summary>Full path of the folder.</summary>
    public string Path { get; }

    /// <summary>Draws and writes the map of one image.</summary>
    /// <param name="place">Number of the image in the data set.</param>
    /// <param name="image">The image.</param>
    /// <param name="map">Value of each pixel, [H·W].</param>
    /// <param name="scale">What the colours stand for.</param>
    /// <exception cref="CliException">The file cannot be written.</exception>
    public void Write(int place, RgbImage image, ReadOnlySpan<float> map, HeatMapScale scale)
    {
        var file = PathOf(place);
        var png = ImageEncoder.Png(HeatMapOverlay.Draw(image, map, scale));
        OutputFile.Write(file, () =>
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, png);
        });
    }

    private string PathOf(int place)
    {
        var name = _dataset is ImageFolder images ? images.RelativePathOf(place) : $"{place:D6}";
        var file = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, name + ".png"));
        return IsInside(Path, file) ? file : throw new CliException($"The heat map of {name} would leave {Path}.");
    }

    private static bool IsInside(string folder, string path) =>
        (path + System.IO.Path.DirectorySeparatorChar).StartsWith(
            folder.TrimEnd(System.IO.Path.DirectorySeparatorChar) + System.IO.Path.DirectorySeparatorChar,
            StringComparison.Ordinal);
}
