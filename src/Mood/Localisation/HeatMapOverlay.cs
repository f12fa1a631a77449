using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Localisation;

/// <summary>Draws a heat map over its image: the image in dimmed grey, colours over it, the colour scale beside
/// it.</summary>
public static class HeatMapOverlay
{
    /// <summary>Width of the black gap between image and colour scale, in pixels.</summary>
    public const int Gap = 4;

    /// <summary>Width of the colour scale, in pixels; its top is the far end.</summary>
    public const int BarWidth = 12;

    private const double Dimming = 0.6;

    /// <summary>Draws.</summary>
    /// <param name="image">The image.</param>
    /// <param name="map">Value of each pixel, [H·W], as <see cref="HeatMap.Spread"/> gives it; NaN stays grey.</param>
    /// <param name="scale">What the colours stand for.</param>
    /// <returns>
    /// Image of <see cref="Gap"/> + <see cref="BarWidth"/> columns more than <paramref name="image"/>, whose pixels
    /// keep
    /// their place. Colour and opacity depend on the value alone: the further out, the lighter and the more opaque.
    /// </returns>
    /// <exception cref="ArgumentException">The map is not of the size of the image.</exception>
    public static RgbImage Draw(RgbImage image, ReadOnlySpan<float> map, HeatMapScale scale)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(scale);
        if (map.Length != image.Width * image.Height)
            throw new ArgumentException($"{map.Length} values for {image.Width} x {image.Height} pixels.", nameof(map));
        var width = image.Width + Gap + BarWidth;
        var drawn = new RgbImage(width, image.Height, new byte[(long)width * image.Height * RgbImage.Channels]);
        for (var y = 0; y < image.Height; y++)
        {
            var row = drawn.Pixels.AsSpan(y * width * RgbImage.Channels, width * RgbImage.Channels);
            DrawRow(image.Row(y), map.Slice(y * image.Width, image.Width), scale, row);
            var place = image.Height == 1 ? 1 : 1 - (double)y / (image.Height - 1);
            for (var x = image.Width + Gap; x < width; x++) Put(row[(x * RgbImage.Channels)..], HeatColours.At(place));
        }
        return drawn;
    }

    private static void DrawRow(ReadOnlySpan<byte> image, ReadOnlySpan<float> map, HeatMapScale scale, Span<byte> to)
    {
        for (var x = 0; x < map.Length; x++)
        {
            var at = x * RgbImage.Channels;
            var grey = Dimming * (0.299 * image[at] + 0.587 * image[at + 1] + 0.114 * image[at + 2]);
            if (float.IsNaN(map[x]))
            {
                Put(to[at..], new Rgb((byte)grey, (byte)grey, (byte)grey));
                continue;
            }
            var (colour, opacity) = HeatColours.Over(scale.PlaceOf(map[x]));
            Put(to[at..], new Rgb(Mix(grey, colour.Red, opacity), Mix(grey, colour.Green, opacity),
                Mix(grey, colour.Blue, opacity)));
        }
    }

    private static void Put(Span<byte> to, Rgb colour) =>
        (to[0], to[1], to[2]) = (colour.Red, colour.Green, colour.Blue);

    private static byte Mix(double grey, byte colour, double opacity) =>
        (byte)Math.Round(grey + opacity * (colour - grey));
}
