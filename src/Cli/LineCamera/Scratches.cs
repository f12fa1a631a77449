using SkiaSharp;

namespace MoodStream.Cli.LineCamera;

/// <summary>Scratches across the face of the product.</summary>
internal static class Scratches
{
    /// <summary>Draws one to three scratches: a dark furrow with a bright burr.</summary>
    public static void Draw(SKCanvas canvas, Pose pose, Random chance)
    {
        using var face = new SKPath();
        face.AddCircle(pose.X, pose.Y, 76 * pose.Scale);
        canvas.Save();
        canvas.ClipPath(face);
        using var softness = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, 0.45f);

        var depth = chance.Between(0.55, 1);
        var main = chance.Between(0, Math.Tau);
        for (var n = chance.Next(1, 4); n > 0; n--)
        {
            var (sin, cos) = MathF.SinCos(main + chance.Normal(0.15));
            using var furrow = Furrow(pose, sin, cos, chance);
            Stroke(canvas, furrow, new SKColor(26, 25, 27, (byte)(190 * depth)), chance.Between(1.2, 2.2), softness);
            canvas.Translate(-0.9f * sin, 0.9f * cos);
            Stroke(canvas, furrow, new SKColor(250, 251, 255, (byte)(250 * depth)), chance.Between(1.1, 1.7), softness);
            canvas.Translate(0.9f * sin, -0.9f * cos);
        }

        canvas.Restore();
    }

    private static SKPath Furrow(Pose pose, float sin, float cos, Random chance)
    {
        var (distance, around) = (chance.Between(34, 62), chance.Between(0, Math.Tau));
        var (x, y) = pose.Place(distance * MathF.Cos(around), distance * MathF.Sin(around));
        var half = chance.Between(15, 44);
        var bend = chance.Normal(5);
        var path = new SKPath();
        path.MoveTo(x - half * cos, y - half * sin);
        path.QuadTo(x - bend * sin, y + bend * cos, x + half * cos, y + half * sin);
        return path;
    }

    private static void Stroke(SKCanvas canvas, SKPath path, SKColor colour, float width, SKMaskFilter softness)
    {
        using var paint = new SKPaint
        {
            IsAntialias = true, IsStroke = true, Color = colour, StrokeWidth = width, StrokeCap = SKStrokeCap.Round,
            MaskFilter = softness,
        };
        canvas.DrawPath(path, paint);
    }
}
