using SkiaSharp;

namespace MoodStream.Cli.LineCamera;

/// <summary>The conveyor: a woven rubber belt that moves on between frames, its wear, and the rails at its sides.</summary>
internal sealed class Belt : IDisposable
{
    private const int Period = 512;
    private const float Advance = 301.7f;
    private const float Rail = 15;
    private readonly int _size;
    private readonly float _density;
    private readonly SKImage _weave;
    private readonly SKImage _rails;
    private readonly SKPaint _mark = new() { IsAntialias = true };

    /// <summary>Weaves the belt.</summary>
    /// <param name="size">Side of the pictures, in pixels.</param>
    /// <param name="density">Pixels for each world unit.</param>
    /// <param name="chance">Draws of the weave.</param>
    public Belt(int size, float density, Random chance)
    {
        (_size, _density) = (size, density);
        _weave = Weave((int)(Period * density), chance);
        _rails = Rails(size);
    }

    /// <summary>Draws belt, wear and rails over the whole scene.</summary>
    /// <param name="canvas">The scene, in world units.</param>
    /// <param name="serial">Number of the frame: how far the belt has moved.</param>
    /// <param name="chance">Draws of this frame.</param>
    public void Draw(SKCanvas canvas, int serial, Random chance)
    {
        var moved = serial * (double)Advance % Period + chance.Between(0, 24);
        DrawWeave(canvas, Pixels(chance.Normal(2.5)), Pixels(moved));
        for (var n = chance.Next(1, 5); n > 0; n--) DrawStreak(canvas, chance);
        for (var n = chance.Next(0, 3); n > 0; n--) DrawStain(canvas, chance);
        for (var n = chance.Next(2, 14); n > 0; n--) DrawSpeck(canvas, chance);
        DrawRail(canvas, 0, Rail * 1.7f);
        DrawRail(canvas, 256 - Rail * 1.4f, 256);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weave.Dispose();
        _rails.Dispose();
        _mark.Dispose();
    }

    // Whole pixels, so that the belt is copied and not resampled.
    private void DrawWeave(SKCanvas canvas, int across, int along)
    {
        canvas.Save();
        canvas.ResetMatrix();
        for (var y = Wrap(along) - _weave.Height; y < _size; y += _weave.Height)
        {
            for (var x = Wrap(across) - _weave.Width; x < _size; x += _weave.Width) canvas.DrawImage(_weave, x, y);
        }

        canvas.Restore();
    }

    private void DrawRail(SKCanvas canvas, float from, float to)
    {
        canvas.Save();
        canvas.ClipRect(new SKRect(from, 0, to, 256));
        canvas.ResetMatrix();
        canvas.DrawImage(_rails, 0, 0);
        canvas.Restore();
    }

    private int Pixels(double units) => (int)Math.Round(units * _density);

    private int Wrap(int pixels) => (pixels % _weave.Width + _weave.Width) % _weave.Width;

    private static SKImage Weave(int side, Random chance)
    {
        var (wear, fine) = (new ValueNoise(7, chance), new ValueNoise(170, chance));
        return Texture.Image(side, SKAlphaType.Opaque, (x, y) =>
        {
            // 96 cords across and 128 along before the pattern repeats; neighbours are shifted by half.
            var (u, v) = ((float)x / side, (float)y / side);
            var cord = MathF.Sin(MathF.Tau * 96 * u) * MathF.Sin(MathF.Tau * (128 * v + 48 * u));
            var value = 52 + 6 * cord + 7 * wear.At(u, v) + 5 * fine.At(u, v) + chance.Between(-3, 3);
            return SKPMColor.PreMultiply(new SKColor((byte)(value * 0.96f), (byte)value, (byte)(value * 0.99f)));
        });
    }

    // Aluminium profiles, and the shadow they throw on the belt.
    private static SKImage Rails(int size)
    {
        SKColor[] metal =
        [
            new(96, 98, 101), new(140, 142, 145), new(74, 76, 79), new(118, 120, 123), new(20, 21, 22, 160), new(20, 21, 22, 0),
            new(20, 21, 22, 0), new(20, 21, 22, 170), new(150, 152, 155), new(88, 90, 93), new(126, 128, 131), new(80, 82, 85),
        ];
        const float edge = Rail / 256;
        float[] at =
        [
            0, edge * 0.35f, edge * 0.45f, edge * 0.99f, edge, edge * 1.7f,
            1 - edge * 1.4f, 1 - edge, 1 - edge * 0.99f, 1 - edge * 0.5f, 1 - edge * 0.4f, 1,
        ];
        using var shader = SKShader.CreateLinearGradient(new SKPoint(0, 0), new SKPoint(size, 0), metal, at, SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader };
        using var surface = SKSurface.Create(new SKImageInfo(size, size));
        surface.Canvas.DrawPaint(paint);
        return surface.Snapshot();
    }

    // Wear runs along the belt.
    private void DrawStreak(SKCanvas canvas, Random chance)
    {
        var (x, y) = (chance.Between(Rail, 256 - Rail), chance.Between(-60, 200));
        var length = chance.Between(40, 200);
        _mark.Style = SKPaintStyle.Stroke;
        _mark.StrokeWidth = chance.Between(0.6, 2.2);
        _mark.Color = Grey(chance.Happens(0.7) ? 130 : 18, chance.Next(12, 50));
        canvas.DrawLine(x, y, x + chance.Normal(2), y + length, _mark);
    }

    private void DrawStain(SKCanvas canvas, Random chance)
    {
        var (x, y) = (chance.Between(20, 236), chance.Between(0, 256));
        var radius = chance.Between(6, 22);
        var tone = chance.Happens(0.6) ? 16 : 105;
        _mark.Style = SKPaintStyle.Fill;
        _mark.Color = SKColors.Black;
        _mark.Shader = SKShader.CreateRadialGradient(
            new SKPoint(x, y), radius, [Grey(tone, chance.Next(30, 75)), Grey(tone, 0)], SKShaderTileMode.Clamp);
        canvas.DrawOval(x, y, radius, radius * chance.Between(0.6, 1), _mark);
        _mark.Shader.Dispose();
        _mark.Shader = null;
    }

    private void DrawSpeck(SKCanvas canvas, Random chance)
    {
        _mark.Style = SKPaintStyle.Fill;
        _mark.Color = Grey(chance.Next(110, 190), chance.Next(60, 160));
        canvas.DrawCircle(chance.Between(Rail, 256 - Rail), chance.Between(0, 256), chance.Between(0.3, 0.9), _mark);
    }

    private static SKColor Grey(int tone, int alpha) => new((byte)tone, (byte)tone, (byte)tone, (byte)alpha);
}
