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

        var depth = chance.Between(0.55, 1);
        var angle = chance.Between(0, 360);
        for (var n = chance.Next(1, 4); n > 0; n--)
        {
            using var furrow = Furrow(pose, angle + chance.Normal(9), chance);
            Stroke(canvas, furrow, new SKColor(26, 25, 27, (byte)(190 * depth)), chance.Between(1.1, 2.2), 0);
            Stroke(canvas, furrow, new SKColor(244, 246, 250, (byte)(225 * depth)), chance.Between(0.7, 1.3), 0.9f);
        }

        canvas.Restore();
    }

    private static SKPath Furrow(Pose pose, float degrees, Random chance)
    {
        var (sin, cos) = MathF.SinCos(degrees * MathF.PI / 180);
        var (out0, around) = (chance.Between(34, 62), chance.Between(0, Math.Tau));
        var (x, y) = pose.Place(out0 * MathF.Cos(around), out0 * MathF.Sin(around));
        var half = chance.Between(15, 44);
        var bend = chance.Normal(5);
        var path = new SKPath();
        path.MoveTo(x - half * cos, y - half * sin);
        path.QuadTo(x - bend * sin, y + bend * cos, x + half * cos, y + half * sin);
        return path;
    }

    private static void Stroke(SKCanvas canvas, SKPath path, SKColor colour, float width, float shift)
    {
        using var paint = new SKPaint
        {
            IsAntialias = true, IsStroke = true, Color = colour, StrokeWidth = width, StrokeCap = SKStrokeCap.Round,
        };
        canvas.Save();
        canvas.Translate(shift, shift);
        canvas.DrawPath(path, paint);
        canvas.Restore();
    }
}
