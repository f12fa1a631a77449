using SkiaSharp;

namespace MoodStream.Cli.LineCamera;

/// <summary>The conveyor: a woven rubber belt that moves on between frames, its wear, and the rails at its sides.</summary>
internal sealed class Belt : IDisposable
{
    private const int Period = 512;
    private const float Advance = 301.7f;
    private const float Rail = 15;
    private readonly SKShader _weave;
    private readonly SKPaint _belt = new();
    private readonly SKPaint _mark = new() { IsAntialias = true };
    private readonly SKPaint _rails;

    /// <summary>Weaves the belt.</summary>
    public Belt(float density, Random chance)
    {
        var side = (int)(Period * density);
        using var bitmap = new SKBitmap(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Weave(bitmap, chance);
        _weave = SKShader.CreateBitmap(
            bitmap, SKShaderTileMode.Repeat, SKShaderTileMode.Repeat, SKMatrix.CreateScale(1 / density, 1 / density));
        _rails = Rails();
    }

    /// <summary>Draws belt, wear and rails over the whole scene.</summary>
    /// <param name="canvas">The scene, in world units.</param>
    /// <param name="serial">Number of the frame: how far the belt has moved.</param>
    /// <param name="chance">Draws of this frame.</param>
    public void Draw(SKCanvas canvas, int serial, Random chance)
    {
        var moved = (float)(serial * (double)Advance % Period) + chance.Between(0, 24);
        var wander = chance.Normal(2.5);
        using (var placed = _weave.WithLocalMatrix(SKMatrix.CreateTranslation(wander, moved)))
        {
            _belt.Shader = placed;
            canvas.DrawRect(0, 0, 256, 256, _belt);
            _belt.Shader = null;
        }

        for (var n = chance.Next(1, 5); n > 0; n--) DrawStreak(canvas, chance);
        for (var n = chance.Next(0, 3); n > 0; n--) DrawStain(canvas, chance);
        for (var n = chance.Next(2, 14); n > 0; n--) DrawSpeck(canvas, chance);
        canvas.DrawRect(0, 0, 256, 256, _rails);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weave.Dispose();
        _belt.Dispose();
        _mark.Dispose();
        _rails.Dispose();
    }

    private static void Weave(SKBitmap bitmap, Random chance)
    {
        var (side, wear, fine) = (bitmap.Width, new ValueNoise(7, chance), new ValueNoise(170, chance));
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                var (u, v) = ((float)x / side, (float)y / side);
                // 96 cords across and 128 along before the pattern repeats; every second one is shifted by half.
                var cord = MathF.Sin(MathF.Tau * 96 * u) * MathF.Sin(MathF.Tau * (128 * v + 48 * u));
                var value = 52 + 6 * cord + 6 * wear.At(u, v) + 5 * fine.At(u, v) + chance.Between(-3, 3);
                bitmap.SetPixel(x, y, new SKColor((byte)(value * 0.96f), (byte)value, (byte)(value * 0.99f)));
            }
        }
    }

    private static SKPaint Rails()
    {
        SKColor[] metal =
        [
            new(96, 98, 101), new(140, 142, 145), new(74, 76, 79), new(118, 120, 123), new(20, 21, 22, 160), new(20, 21, 22, 0),
            new(20, 21, 22, 0), new(20, 21, 22, 170), new(150, 152, 155), new(88, 90, 93), new(126, 128, 131), new(80, 82, 85),
        ];
        var edge = Rail / 256;
        float[] at =
        [
            0, edge * 0.35f, edge * 0.45f, edge * 0.99f, edge, edge * 1.7f,
            1 - edge * 1.4f, 1 - edge, 1 - edge * 0.99f, 1 - edge * 0.5f, 1 - edge * 0.4f, 1,
        ];
        return new SKPaint
        {
            Shader = SKShader.CreateLinearGradient(new SKPoint(0, 0), new SKPoint(256, 0), metal, at, SKShaderTileMode.Clamp),
        };
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
