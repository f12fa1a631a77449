using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Augmentation;

/// <summary>A few random changes of an image, all about as strong.</summary>
/// <param name="Magnitude">Mean strength m, in [0, 10].</param>
/// <param name="Ground">Colour of what a move uncovers, three values; the mean colour of the training data.</param>
/// <remarks>
/// Source: Cubuk et al. 2020, "RandAugment", with the operations and ranges of the recipe that fine-tuned the paper's models
/// (<c>m9-mstd0.5-inc1</c>): two operations, each applied to half of the images, strength N(m, 0.5). Differs: moves always
/// interpolate bilinearly, where the recipe chooses between bilinear and bicubic by chance.
/// </remarks>
public sealed record RandAugment(double Magnitude, IReadOnlyList<byte> Ground)
{
    /// <summary>Magnitude of the recipe.</summary>
    public const double UsualMagnitude = 9;

    private const int Operations = 2;
    private const double Probability = 0.5;
    private const double MagnitudeDeviation = 0.5;
    private const double LargestMagnitude = 10;

    /// <summary>Strength u lies in [0, 1]; the sign of what has one is left to chance.</summary>
    private delegate RgbImage Operation(RgbImage image, double u, Random chance, ReadOnlySpan<byte> ground);

    private static readonly Operation[] All =
    [
        (i, _, _, _) => ColourOperations.AutoContrast(i),
        (i, _, _, _) => ColourOperations.Equalize(i),
        (i, _, _, _) => ColourOperations.Invert(i),
        (i, u, c, g) => AffineMap.Rotate(Signed(30 * u, c), i.Width, i.Height).Apply(i, g),
        (i, u, _, _) => ColourOperations.Posterize(i, 4 - (int)(4 * u)),
        (i, u, _, _) => ColourOperations.Solarize(i, 256 - (int)(256 * u)),
        (i, u, _, _) => ColourOperations.SolarizeAdd(i, Math.Min(128, (int)(110 * u))),
        (i, u, c, _) => ColourOperations.Colour(i, Factor(u, c)),
        (i, u, c, _) => ColourOperations.Contrast(i, Factor(u, c)),
        (i, u, c, _) => ColourOperations.Brightness(i, Factor(u, c)),
        (i, u, c, _) => ColourOperations.Sharpness(i, Factor(u, c)),
        (i, u, c, g) => AffineMap.ShearX(Signed(0.3 * u, c)).Apply(i, g),
        (i, u, c, g) => AffineMap.ShearY(Signed(0.3 * u, c)).Apply(i, g),
        (i, u, c, g) => AffineMap.Translate(Signed(0.45 * u, c) * i.Width, 0).Apply(i, g),
        (i, u, c, g) => AffineMap.Translate(0, Signed(0.45 * u, c) * i.Height).Apply(i, g),
    ];

    /// <summary>Applies two operations drawn with replacement, each with probability one half.</summary>
    public RgbImage Apply(RgbImage image, Random chance)
    {
        byte[] ground = [.. Ground];
        for (var drawn = 0; drawn < Operations; drawn++)
        {
            var operation = All[chance.Next(All.Length)];
            if (chance.NextDouble() >= Probability) continue;
            var magnitude = Math.Clamp(Magnitude + MagnitudeDeviation * chance.NextNormal(), 0, LargestMagnitude);
            image = operation(image, magnitude / LargestMagnitude, chance, ground);
        }
        return image;
    }

    /// <summary>Weight of the image in a blend: 1 is unchanged.</summary>
    private static double Factor(double u, Random chance) => Math.Max(0.1, 1 + Signed(0.9 * u, chance));

    private static double Signed(double value, Random chance) => chance.NextDouble() < 0.5 ? value : -value;
}
