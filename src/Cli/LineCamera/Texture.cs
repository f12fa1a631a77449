using System.Runtime.InteropServices;
using SkiaSharp;

namespace MoodStream.Cli.LineCamera;

/// <summary>Square pictures computed pixel by pixel.</summary>
internal static class Texture
{
    /// <summary>Computes a picture.</summary>
    /// <param name="side">Pixels of each side.</param>
    /// <param name="alpha">Whether the colours have alpha.</param>
    /// <param name="colour">Premultiplied colour of a pixel, by column and row.</param>
    public static SKImage Image(int side, SKAlphaType alpha, Func<int, int, SKPMColor> colour)
    {
        var pixels = new uint[side * side];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (uint)colour(i % side, i / side);
        var layout = new SKImageInfo(side, side, SKImageInfo.PlatformColorType, alpha);
        return SKImage.FromPixelCopy(layout, MemoryMarshal.AsBytes<uint>(pixels), layout.RowBytes);
    }
}
