using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Augmentation;

/// <summary>
/// Moves an image by an affine map: the pixel at (x, y) of the result comes from (a·x + b·y + c, d·x + e·y + f) of the image,
/// bilinearly between pixel centres; what lies outside becomes a flat colour.
/// </summary>
internal readonly record struct AffineMap(double A, double B, double C, double D, double E, double F)
{
    /// <summary>Shears along x.</summary>
    public static AffineMap ShearX(double factor) => new(1, factor, 0, 0, 1, 0);

    /// <summary>Shears along y.</summary>
    public static AffineMap ShearY(double factor) => new(1, 0, 0, factor, 1, 0);

    /// <summary>Moves by so many pixels.</summary>
    public static AffineMap Translate(double x, double y) => new(1, 0, x, 0, 1, y);

    /// <summary>Turns about the centre, anti-clockwise.</summary>
    /// <param name="degrees">Angle; degrees.</param>
    /// <param name="width">Width of the image; pixels.</param>
    /// <param name="height">Height of the image; pixels.</param>
    public static AffineMap Rotate(double degrees, int width, int height)
    {
        var (sin, cos) = Math.SinCos(-degrees * Math.PI / 180);
        double x = width / 2.0, y = height / 2.0;
        return new(cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y);
    }

    /// <summary>Applies the map.</summary>
    /// <param name="image">The image.</param>
    /// <param name="ground">Colour of what lies outside, three values.</param>
    public RgbImage Apply(RgbImage image, ReadOnlySpan<byte> ground)
    {
        var result = new byte[image.Pixels.Length];
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                var target = result.AsSpan(RgbImage.Channels * (y * image.Width + x), RgbImage.Channels);
                var (fromX, fromY) = (A * (x + 0.5) + B * (y + 0.5) + C, D * (x + 0.5) + E * (y + 0.5) + F);
                if (fromX < 0 || fromX >= image.Width || fromY < 0 || fromY >= image.Height) ground.CopyTo(target);
                else Sample(image, fromX - 0.5, fromY - 0.5, target);
            }
        }
        return new(image.Width, image.Height, result);
    }

    private static void Sample(RgbImage image, double x, double y, Span<byte> target)
    {
        var (left, top) = ((int)Math.Floor(x), (int)Math.Floor(y));
        var (dx, dy) = (x - left, y - top);
        int x0 = Math.Clamp(left, 0, image.Width - 1), x1 = Math.Clamp(left + 1, 0, image.Width - 1);
        int y0 = Math.Clamp(top, 0, image.Height - 1) * image.Width, y1 = Math.Clamp(top + 1, 0, image.Height - 1) * image.Width;
        for (var channel = 0; channel < RgbImage.Channels; channel++)
        {
            double At(int pixel) => image.Pixels[RgbImage.Channels * pixel + channel];
            var upper = At(y0 + x0) + dx * (At(y0 + x1) - At(y0 + x0));
            var lower = At(y1 + x0) + dx * (At(y1 + x1) - At(y1 + x0));
            target[channel] = (byte)(upper + dy * (lower - upper));
        }
    }
}
