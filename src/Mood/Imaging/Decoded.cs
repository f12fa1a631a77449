namespace MoodStream.Mood.Imaging;

/// <summary>Outcome of decoding: an image, or the fault with a sentence for people. Exactly one of the two is set.</summary>
/// <param name="Image">The image, where there is one.</param>
/// <param name="Fault">Why there is none.</param>
/// <param name="Detail">What was seen, for logs and dead letters; holds no bytes of the image.</param>
public readonly record struct Decoded(RgbImage? Image, ImageFault? Fault, string? Detail)
{
    internal static Decoded Of(RgbImage image) => new(image, null, null);
}
