using SkiaSharp;

namespace MoodStream.Cli.LineCamera;

/// <summary>What can go wrong in front of the sensor: focus, movement, dirt.</summary>
internal static class Lens
{
    /// <summary>Blurs the whole scene: out of focus, or smeared along the belt.</summary>
    public static void Blur(SKSurface surface, float density, Random chance)
    {
        var sigma = chance.Between(1.7, 4.2) * density;
        var moved = chance.Happens(0.35);
        using var filter = SKImageFilter.CreateBlur(moved ? 0.4f : sigma, moved ? 1.5f * sigma : sigma, SKShaderTileMode.Clamp);
        using var sharp = surface.Snapshot();
        using var paint = new SKPaint { ImageFilter = filter, BlendMode = SKBlendMode.Src };
        surface.Canvas.Save();
        surface.Canvas.ResetMatrix();
        surface.Canvas.DrawImage(sharp, 0, 0, paint);
        surface.Canvas.Restore();
    }

    /// <summary>Lays dust out of focus over the scene, or a smear.</summary>
    public static void Dirt(SKCanvas canvas, Random chance)
    {
        // Dirt over the dark belt hardly shows: at least one spot lies before the part.
        Spot(canvas, chance.Between(70, 186), chance.Between(70, 186), chance);
        for (var n = chance.Next(2, 7); n > 0; n--) Spot(canvas, chance.Between(10, 246), chance.Between(10, 246), chance);
        if (chance.Happens(0.45)) Smear(canvas, chance);
    }

    private static void Spot(SKCanvas canvas, float x, float y, Random chance)
    {
        var radius = chance.Between(7, 24);
        var dark = new SKColor(26, 22, 16, (byte)chance.Next(110, 195));
        Blob(canvas, x, y, radius, chance.Between(0.7, 1), dark, chance);
    }

    private static void Smear(SKCanvas canvas, Random chance)
    {
        var haze = new SKColor(196, 194, 186, (byte)chance.Next(70, 130));
        Blob(canvas, chance.Between(60, 196), chance.Between(60, 196), chance.Between(50, 95), 0.35f, haze, chance);
    }

    private static void Blob(
        SKCanvas canvas, float x, float y, float radius, float flat, SKColor colour, Random chance)
    {
        using var shader = SKShader.CreateRadialGradient(
            new SKPoint(0, 0), radius, [colour, colour.WithAlpha((byte)(colour.Alpha * 0.8)), colour.WithAlpha(0)],
            [0, 0.5f, 1], SKShaderTileMode.Clamp);
        using var paint = new SKPaint { Shader = shader };
        canvas.Save();
        canvas.Translate(x, y);
        canvas.RotateDegrees(chance.Between(0, 180));
        canvas.Scale(1, flat);
        canvas.DrawCircle(0, 0, radius, paint);
        canvas.Restore();
    }
}
