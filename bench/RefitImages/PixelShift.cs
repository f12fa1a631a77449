using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Imaging;

namespace MoodStream.Bench.RefitImages;

/// <summary>
/// What an archive or a viewer does to all images from one day to the next: it smooths them, and shows them through another
/// window. The augmentations are those of training.
/// </summary>
/// <param name="Name">Name in the report.</param>
/// <param name="Smoothings">Passes of a 3 × 3 filter; two are a blur of about one pixel.</param>
/// <param name="Brightness">Factor on all values; 1 changes nothing.</param>
/// <param name="Contrast">Factor on the distance from the mean grey; 1 changes nothing.</param>
internal sealed record PixelShift(string Name, int Smoothings, double Brightness, double Contrast)
{
    private const int Blur = 2;
    private const double Darker = 0.8, Flatter = 0.8;

    /// <summary>All at once, and each alone; chosen before any of them was measured.</summary>
    public static IReadOnlyList<PixelShift> All { get; } =
    [
        new("all", Blur, Darker, Flatter),
        new("blur", Blur, 1, 1),
        new("brightness", 0, Darker, 1),
        new("contrast", 0, 1, Flatter),
    ];

    /// <summary>The image as it is sent from then on.</summary>
    public RgbImage Apply(RgbImage image)
    {
        var result = ColourOperations.Contrast(ColourOperations.Brightness(image, Brightness), Contrast);
        for (var pass = 0; pass < Smoothings; pass++) result = ColourOperations.Sharpness(result, 0);
        return result;
    }
}
