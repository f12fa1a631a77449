using SkiaSharp;

namespace MoodStream.Cli.LineCamera;

/// <summary>Things that fall onto a line.</summary>
internal static class ForeignObjects
{
    private static readonly SKColor[] Plastics =
        [new(34, 84, 170), new(190, 44, 38), new(214, 172, 40), new(52, 136, 74), new(228, 228, 222)];

    private static readonly Action<SKCanvas, Random>[] Kinds = [Swarf, Screw, Thread, Plastic, Washer];

    /// <summary>Draws one thing, with its shadow, somewhere between the rails.</summary>
    public static void Draw(SKCanvas canvas, Random chance)
    {
        canvas.Save();
        canvas.Translate(chance.Between(44, 212), chance.Between(36, 220));
        canvas.RotateDegrees(chance.Between(0, 360));
        canvas.Scale(chance.Between(0.75, 1.3));
        chance.OneOf(Kinds)(canvas, chance);
        canvas.Restore();
    }

    private static void Swarf(SKCanvas canvas, Random chance)
    {
        using var curl = new SKPath();
        var (turns, step) = (chance.Between(2, 4.5), chance.Between(5, 8));
        for (var t = 0f; t < turns * MathF.Tau; t += 0.2f)
        {
            var (x, y) = (t / MathF.Tau * step - turns * step / 2 + 6 * MathF.Cos(t), 6 * MathF.Sin(t));
            if (t == 0) curl.MoveTo(x, y);
            else curl.LineTo(x, y);
        }

        Layers(canvas, curl, new SKColor(110, 108, 104), 2.4f);
    }

    private static void Thread(SKCanvas canvas, Random chance)
    {
        using var fibre = new SKPath();
        fibre.MoveTo(-26, chance.Normal(6));
        fibre.CubicTo(-10, chance.Normal(18), 6, chance.Normal(18), 26, chance.Normal(8));
        Layers(canvas, fibre, chance.OneOf(Plastics), 1.5f);
    }

    private static void Plastic(SKCanvas canvas, Random chance)
    {
        using var piece = new SKPath();
        piece.MoveTo(-9, -4 + chance.Normal(2));
        piece.LineTo(2 + chance.Normal(3), -7);
        piece.LineTo(11, -1 + chance.Normal(2));
        piece.LineTo(5 + chance.Normal(2), 7);
        piece.LineTo(-7, 6 + chance.Normal(1));
        piece.Close();
        var colour = chance.OneOf(Plastics);
        Fill(canvas, piece, new SKColor(0, 0, 0, 110), 2.2f);
        Fill(canvas, piece, colour, 0);
        using var gloss = new SKPaint { IsAntialias = true, IsStroke = true, StrokeWidth = 1.1f, Color = Lighter(colour, 150) };
        canvas.DrawLine(-7, -3, 2, -5.5f, gloss);
    }

    private static void Screw(SKCanvas canvas, Random chance)
    {
        var length = chance.Between(16, 30);
        using var body = new SKPath();
        body.AddRect(new SKRect(0, -3, length, 3));
        body.AddPoly([new(-6, -6), new(0, -6), new(0, 6), new(-6, 6)]);
        Fill(canvas, body, new SKColor(0, 0, 0, 120), 2.6f);
        Fill(canvas, body, new SKColor(128, 126, 120), 0);
        using var line = new SKPaint { IsAntialias = true, IsStroke = true, StrokeWidth = 0.9f, Color = new SKColor(52, 51, 50) };
        for (var x = 2f; x < length; x += 2.2f) canvas.DrawLine(x, -3, x + 1.2f, 3, line);
        line.Color = new SKColor(220, 220, 216, 190);
        canvas.DrawLine(-5, -5, -1, -5, line);
        canvas.DrawLine(0, -1.4f, length, -1.4f, line);
    }

    private static void Washer(SKCanvas canvas, Random chance)
    {
        using var ring = new SKPath();
        var radius = chance.Between(7, 11);
        ring.AddCircle(0, 0, radius);
        Layers(canvas, ring, new SKColor(168, 164, 150), radius * 0.62f);
    }

    // A rod seen from above: shadow, dark rim, body, and a bright line.
    private static void Layers(SKCanvas canvas, SKPath path, SKColor colour, float width)
    {
        Stroke(canvas, path, new SKColor(0, 0, 0, 110), width, 2);
        Stroke(canvas, path, Lighter(colour, -60), width, 0);
        Stroke(canvas, path, colour, width * 0.7f, 0);
        Stroke(canvas, path, Lighter(colour, 80).WithAlpha(190), width * 0.25f, -0.2f * width);
    }

    private static void Stroke(SKCanvas canvas, SKPath path, SKColor colour, float width, float shift)
    {
        using var paint = new SKPaint
        {
            IsAntialias = true, IsStroke = true, Color = colour, StrokeWidth = width,
            StrokeCap = SKStrokeCap.Round, StrokeJoin = SKStrokeJoin.Round,
        };
        canvas.Translate(shift, shift);
        canvas.DrawPath(path, paint);
        canvas.Translate(-shift, -shift);
    }

    private static void Fill(SKCanvas canvas, SKPath path, SKColor colour, float shift)
    {
        using var paint = new SKPaint { IsAntialias = true, Color = colour };
        canvas.Translate(shift, shift);
        canvas.DrawPath(path, paint);
        canvas.Translate(-shift, -shift);
    }

    private static SKColor Lighter(SKColor colour, int by) => new(
        (byte)Math.Clamp(colour.Red + by, 0, 255),
        (byte)Math.Clamp(colour.Green + by, 0, 255),
        (byte)Math.Clamp(colour.Blue + by, 0, 255));
}
