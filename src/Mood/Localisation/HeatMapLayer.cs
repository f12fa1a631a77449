using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Localisation;

/// <summary>Draws a heat map by itself, transparent where nothing is unusual, to be laid over its image.</summary>
/// <remarks>Over the image in grey, dimmed to 60 %, it looks as <see cref="HeatMapOverlay"/> does. Thread-safety: pure.</remarks>
public static class HeatMapLayer
{
    /// <summary>Most pixels of the longer side: patches are far larger, and whoever shows the layer scales it up.</summary>
    public const int MostPixels = 96;

    /// <summary>Draws.</summary>
    /// <param name="map">The map.</param>
    /// <param name="scale">What the colours stand for.</param>
    /// <param name="recipe">The preprocessing of the backbone: its resize and crop are undone.</param>
    /// <param name="width">Width of the decoded image, in pixels, at least 1.</param>
    /// <param name="height">Height of the decoded image, in pixels, at least 1.</param>
    /// <returns>
    /// A PNG of the shape of the image, its longer side at most <see cref="MostPixels"/>. Colour and opacity depend on the
    /// value alone; fully transparent where the crop cut the image off, and where a patch has no value.
    /// </returns>
    public static byte[] Png(HeatMap map, HeatMapScale scale, PreprocessingRecipe recipe, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(scale);
        var (across, down) = SizeOf(width, height);
        var values = map.Spread(recipe, across, down);                            // [H·W]
        var pixels = new byte[4 * values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (float.IsNaN(values[i])) continue;
            var (colour, opacity) = HeatColours.Over(scale.PlaceOf(values[i]));
            (pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2]) = (colour.Red, colour.Green, colour.Blue);
            pixels[4 * i + 3] = (byte)Math.Round(byte.MaxValue * opacity);
        }
        return ImageEncoder.Png(pixels, across, down);
    }

    /// <summary>Size of the layer of an image; neither side is 0, however long and thin the image.</summary>
    private static (int Width, int Height) SizeOf(int width, int height)
    {
        var share = Math.Min(1, (double)MostPixels / Math.Max(width, height));
        return (Scaled(width), Scaled(height));

        int Scaled(int side) => Math.Max(1, (int)Math.Round(share * side));
    }
}
