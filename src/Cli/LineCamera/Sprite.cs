using SkiaSharp;

namespace MoodStream.Cli.LineCamera;

/// <summary>A picture computed once, pixel by pixel, and stamped onto many frames.</summary>
internal sealed class Sprite : IDisposable
{
    private static readonly SKSamplingOptions Sampling = new(SKFilterMode.Linear);
    private readonly SKImage _image;
    private readonly float _reach;

    /// <summary>Computes the picture.</summary>
    /// <param name="reach">Half of the side, in world units; the origin is the centre.</param>
    /// <param name="density">Pixels for each world unit.</param>
    /// <param name="colour">Colour at a point, not premultiplied.</param>
    public Sprite(float reach, float density, Func<float, float, SKColor> colour)
    {
        _reach = reach;
        var side = (int)MathF.Ceiling(2 * reach * density);
        using var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                var (u, v) = ((x + 0.5f) / side * 2 - 1, (y + 0.5f) / side * 2 - 1);
                bitmap.SetPixel(x, y, colour(u * reach, v * reach));
            }
        }

        using var unpremultiplied = SKImage.FromBitmap(bitmap);
        using var target = SKSurface.Create(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Premul));
        target.Canvas.DrawImage(unpremultiplied, 0, 0);
        _image = target.Snapshot();
    }

    /// <summary>Stamps the picture around a point.</summary>
    public void Draw(SKCanvas canvas, float x, float y, float scale = 1, SKPaint? paint = null)
    {
        var half = _reach * scale;
        canvas.DrawImage(_image, new SKRect(x - half, y - half, x + half, y + half), Sampling, paint);
    }

    /// <inheritdoc/>
    public void Dispose() => _image.Dispose();
}
