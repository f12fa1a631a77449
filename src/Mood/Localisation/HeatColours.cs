namespace MoodStream.Mood.Localisation;

/// <summary>A red, green and blue value of a screen.</summary>
internal readonly record struct Rgb(byte Red, byte Green, byte Blue);

/// <summary>
/// The colour scale of heat maps: from dark violet over red and orange to light yellow. Lightness rises all the way, so
/// that it reads without colour vision and in grey print; equal steps look equally large.
/// </summary>
/// <remarks>
/// Computed: a path through OKLab with rising lightness and turning hue, at most as colourful as a screen can show,
/// cut into steps of equal length. Source of the colour space: Ottosson 2020, "A perceptual color space for image
/// processing". Thread-safety: pure.
/// </remarks>
internal static class HeatColours
{
    /// <summary>Colours on the scale.</summary>
    public const int Count = 256;

    private const double Darkest = 0.20;
    private const double Lightest = 0.95;
    private const double FirstHue = 290;          // degrees; violet
    private const double LastHue = 465;           // degrees, past 360; yellow
    private const double MostChroma = 0.18;
    private const double GamutMargin = 0.97;
    private const int PathPoints = 4096;
    private const double LeastOpacity = 0.1;
    private const double MostOpacity = 0.75;

    private static readonly Rgb[] Scale = Compute();

    /// <summary>The colour of a place on the scale.</summary>
    /// <param name="place">In [0, 1].</param>
    public static Rgb At(double place) => Scale[(int)Math.Round(Math.Clamp(place, 0, 1) * (Count - 1))];

    /// <summary>Colour and opacity, in [0, 1], of a place on the scale over an image: the further out, the more opaque.</summary>
    /// <param name="place">In [0, 1].</param>
    public static (Rgb Colour, double Opacity) Over(double place) =>
        (At(place), LeastOpacity + (MostOpacity - LeastOpacity) * Math.Clamp(place, 0, 1));

    private static Rgb[] Compute()
    {
        var path = Enumerable.Range(0, PathPoints).Select(i => OnPath((double)i / (PathPoints - 1))).ToArray();
        var lengths = new double[PathPoints];
        for (var i = 1; i < PathPoints; i++) lengths[i] = lengths[i - 1] + path[i].DistanceTo(path[i - 1]);
        var colours = new Rgb[Count];
        for (int i = 0, p = 0; i < Count; i++)
        {
            while (p < PathPoints - 1 && lengths[p] < lengths[^1] * i / (Count - 1)) p++;
            colours[i] = path[p].ToScreen();
        }
        return colours;
    }

    private static OkLab OnPath(double t)
    {
        var lightness = Darkest + (Lightest - Darkest) * t;
        var hue = (FirstHue + (LastHue - FirstHue) * t) * Math.PI / 180;
        double low = 0, high = MostChroma;
        if (!OkLab.Polar(lightness, high, hue).OnScreen)
        {
            for (var i = 0; i < 40; i++)
            {
                var middle = (low + high) / 2;
                if (OkLab.Polar(lightness, middle, hue).OnScreen) low = middle;
                else high = middle;
            }
        }
        return OkLab.Polar(lightness, GamutMargin * high, hue);
    }
}
