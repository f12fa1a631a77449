namespace MoodStream.Cli.LineCamera;

/// <summary>
/// Illumination of one frame. The gain of a pixel is <c>Lamps(u) · (Across(u) + Down(v))</c>, u and v from −1 to 1 across and
/// down the picture.
/// </summary>
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

    /// <summary>The part of the gain that a column decides, before the lamps.</summary>
    public float Across(float u) => Level * (1 + SlopeX * u - Vignette * u * u);

    /// <summary>The part of the gain that a row decides, before the lamps.</summary>
    public float Down(float v) => Level * (SlopeY * v - Vignette * v * v);

    /// <summary>What is left of the light where a lamp is out; multiplies the sum of the two parts.</summary>
    public float Lamps(float u) =>
        DarkSide == 0 ? 1 : float.Lerp(1, DarkGain, Shading.Step(-0.9f, 0.7f, u * DarkSide));
}
