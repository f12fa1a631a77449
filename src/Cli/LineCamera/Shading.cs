using SkiaSharp;

namespace MoodStream.Cli.LineCamera;

/// <summary>Steel under the line's lamp, which stands at the upper left.</summary>
internal static class Shading
{
    /// <summary>Direction to the lamp in the plane of the belt, unit length.</summary>
    public static readonly (float X, float Y) Azimuth = (-0.6124f, -0.7906f);

    private const float Elevation = 0.62f;
    private const float Ground = 0.7846f;
    private const float Ambient = 0.42f;

    /// <summary>Brightness of a surface that leans towards a direction, relative to a flat one.</summary>
    /// <param name="x">Direction it leans to, unit length together with <paramref name="y"/>.</param>
    /// <param name="y">See <paramref name="x"/>.</param>
    /// <param name="lean">Sine of the angle by which it leans, in [0, 1].</param>
    public static float Of(float x, float y, float lean)
    {
        var upright = MathF.Sqrt(1 - lean * lean);
        var light = lean * Ground * (x * Azimuth.X + y * Azimuth.Y) + upright * Elevation;
        return Ambient + (1 - Ambient) * MathF.Max(light, 0) / Elevation;
    }

    /// <summary>Steel of a brightness, slightly blue.</summary>
    public static SKColor Steel(float brightness, float alpha = 1)
    {
        var value = Math.Clamp(brightness, 0, 255);
        return new SKColor(
            (byte)(value * 0.975f), (byte)(value * 0.992f), (byte)MathF.Min(value * 1.012f, 255),
            (byte)(255 * Math.Clamp(alpha, 0, 1)));
    }

    /// <summary>0 up to one edge, 1 from the other on, smooth between.</summary>
    public static float Step(float from, float to, float x)
    {
        var t = Math.Clamp((x - from) / (to - from), 0, 1);
        return t * t * (3 - 2 * t);
    }
}
