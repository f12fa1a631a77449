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
        _image = Texture.Image(side, SKAlphaType.Premul, (x, y) => SKPMColor.PreMultiply(
            colour(((x + 0.5f) / side * 2 - 1) * reach, ((y + 0.5f) / side * 2 - 1) * reach)));
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
