using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Augmentation;

/// <summary>Changes brightness, contrast and saturation by chance, in that order; then greys or solarises some images.</summary>
/// <param name="Brightness">Largest change b; the factor is uniform in [1 − b, 1 + b].</param>
/// <param name="Contrast">The same for contrast.</param>
/// <param name="Saturation">The same for saturation.</param>
/// <remarks>
/// Source: Bao et al. 2022 (0.4 each, always); Chen, Xie and He 2021, "An Empirical Study of Training Self-Supervised
/// Vision Transformers", appendix (0.4, 0.4, 0.2, to 80 %; 20 % grey; the second view solarised to 20 %).
/// Differs: the order is fixed, and there is no change of hue and no blur, which say little at small sizes.
/// </remarks>
public sealed record ColourJitter(double Brightness, double Contrast, double Saturation)
{
    private const int SolariseThreshold = 128;

    /// <summary>Share of images whose colours change, in [0, 1]. Default all.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Share of images that turn grey, in [0, 1]. Default none.</summary>
    public double GreyShare { get; init; }

    /// <summary>Share of images whose bright half is inverted, in [0, 1]. Default none.</summary>
    public double SolariseShare { get; init; }

    /// <summary>Applies the changes; as many numbers are drawn whatever comes of it.</summary>
    public RgbImage Apply(RgbImage image, Random chance)
    {
        var (changes, grey, solarise) = (chance.NextDouble(), chance.NextDouble(), chance.NextDouble());
        var (brightness, contrast, saturation) = (Factor(Brightness), Factor(Contrast), Factor(Saturation));
        if (changes < Share)
            image = ColourOperations.Colour(
                ColourOperations.Contrast(ColourOperations.Brightness(image, brightness), contrast), saturation);
        if (grey < GreyShare) image = ColourOperations.Colour(image, 0);
        return solarise < SolariseShare ? ColourOperations.Solarize(image, SolariseThreshold) : image;

        double Factor(double change) => Math.Max(0, 1 + change * (2 * chance.NextDouble() - 1));
    }
}
