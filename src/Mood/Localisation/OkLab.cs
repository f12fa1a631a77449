namespace MoodStream.Mood.Localisation;

/// <summary>A colour in OKLab, where distances are about as large as differences look.</summary>
/// <param name="Lightness">Lightness, 0 black to 1 white.</param>
/// <param name="A">Green (negative) to red.</param>
/// <param name="B">Blue (negative) to yellow.</param>
/// <remarks>Source: Ottosson 2020, "A perceptual color space for image processing" (the matrices); IEC 61966-2-1
/// (sRGB).</remarks>
internal readonly record struct OkLab(double Lightness, double A, double B)
{
    /// <summary>Whether a screen can show it.</summary>
    public bool OnScreen
    {
        get
        {
            var (red, green, blue) = Linear();
            return Math.Min(red, Math.Min(green, blue)) >= 0 && Math.Max(red, Math.Max(green, blue)) <= 1;
        }
    }

    /// <summary>A colour by lightness, chroma and hue.</summary>
    /// <param name="lightness">Lightness, in [0, 1].</param>
    /// <param name="chroma">Distance from grey, at least 0.</param>
    /// <param name="hue">Angle, in radians.</param>
    public static OkLab Polar(double lightness, double chroma, double hue) =>
        new(lightness, chroma * Math.Cos(hue), chroma * Math.Sin(hue));

    /// <summary>How different two colours look.</summary>
    public double DistanceTo(OkLab other) => Math.Sqrt(
        Square(Lightness - other.Lightness) + Square(A - other.A) + Square(B - other.B));

    /// <summary>The colour in 8 bits of sRGB.</summary>
    public Rgb ToScreen()
    {
        var (red, green, blue) = Linear();
        return new Rgb(Encode(red), Encode(green), Encode(blue));
    }

    private (double Red, double Green, double Blue) Linear()
    {
        var l = Cube(Lightness + 0.3963377774 * A + 0.2158037573 * B);
        var m = Cube(Lightness - 0.1055613458 * A - 0.0638541728 * B);
        var s = Cube(Lightness - 0.0894841775 * A - 1.2914855480 * B);
        return (
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
    }

    private static byte Encode(double linear)
    {
        var value = Math.Clamp(linear, 0, 1);
        var encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * Math.Pow(value, 1 / 2.4) - 0.055;
        return (byte)Math.Round(255 * encoded);
    }

    private static double Cube(double x) => x * x * x;

    private static double Square(double x) => x * x;
}
