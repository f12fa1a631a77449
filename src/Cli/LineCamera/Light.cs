namespace MoodStream.Cli.LineCamera;

/// <summary>Illumination of one frame: a gain for each pixel and channel.</summary>
/// <param name="Level">Gain in the middle.</param>
/// <param name="SlopeX">Change of the gain from the middle to the right edge.</param>
/// <param name="SlopeY">Change of the gain from the middle to the lower edge.</param>
/// <param name="Warmth">Share by which red rises and blue falls.</param>
/// <param name="DarkSide">Where a lamp is out: −1 left, 1 right, 0 nowhere.</param>
/// <param name="DarkGain">Gain that is left on that side.</param>
internal readonly record struct Light(
    float Level, float SlopeX, float SlopeY, float Warmth, int DarkSide = 0, float DarkGain = 1)
{
    private const float Vignette = 0.11f;

    /// <summary>The lamps as they are on a good day.</summary>
    public static Light Steady(Random chance) => new(
        1.04f + chance.Normal(0.045), chance.Normal(0.04), chance.Normal(0.04), chance.Normal(0.018));

    /// <summary>One of the two lamps out, or both on a sagging supply.</summary>
    public Light Failing(Random chance) => chance.Happens(0.6)
        ? this with { DarkSide = chance.Happens(0.5) ? -1 : 1, DarkGain = chance.Between(0.2, 0.5) }
        : this with { Level = Level * chance.Between(0.3, 0.6), Warmth = Warmth + chance.Between(0.02, 0.09) };

    /// <summary>Gain at a point, both coordinates in [−1, 1].</summary>
    public float Gain(float u, float v)
    {
        var gain = Level * (1 + SlopeX * u + SlopeY * v - Vignette * (u * u + v * v));
        return DarkSide == 0 ? gain : gain * float.Lerp(1, DarkGain, Shading.Step(-0.9f, 0.7f, u * DarkSide));
    }
}
