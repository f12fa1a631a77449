using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Augmentation;

/// <summary>A random part of an image, resized to a square, and flipped left to right half of the time.</summary>
/// <param name="Size">Side of the result; pixels.</param>
/// <param name="MinScale">Smallest share of the area that is cut out, in (0, 1].</param>
/// <remarks>Source: Szegedy et al. 2015, "Going Deeper with Convolutions", §6; the parameters of MAE: scale (0.2, 1), bicubic.</remarks>
public sealed record RandomResizedCrop(int Size, double MinScale)
{
    private const int Attempts = 10;
    private const double MaxAspect = 4.0 / 3.0;

    /// <summary>Applies the crop with chance drawn from <paramref name="random"/>.</summary>
    public RgbImage Apply(RgbImage image, Random random)
    {
        var cut = Cut(image, random);
        var resized = PillowResize.Resize(cut, Size, Size, ResampleFilter.Bicubic);
        return random.NextDouble() < 0.5 ? Flip(resized) : resized;
    }

    private RgbImage Cut(RgbImage image, Random random)
    {
        double area = (double)image.Width * image.Height;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var target = area * (MinScale + (1 - MinScale) * random.NextDouble());
            var aspect = Math.Exp((2 * random.NextDouble() - 1) * Math.Log(MaxAspect));
            var (width, height) = ((int)Math.Round(Math.Sqrt(target * aspect)), (int)Math.Round(Math.Sqrt(target / aspect)));
            if (width < 1 || height < 1 || width > image.Width || height > image.Height) continue;
            return image.Crop(random.Next(image.Width - width + 1), random.Next(image.Height - height + 1), width, height);
        }
        var side = Math.Min(image.Width, image.Height);
        return image.Crop((image.Width - side) / 2, (image.Height - side) / 2, side, side);
    }

    private static RgbImage Flip(RgbImage image)
    {
        var flipped = new byte[image.Pixels.Length];
        for (var y = 0; y < image.Height; y++)
        {
            var row = y * image.Width;
            for (var x = 0; x < image.Width; x++)
                image.Pixels.AsSpan(3 * (row + x), 3).CopyTo(flipped.AsSpan(3 * (row + image.Width - 1 - x)));
        }
        return new(image.Width, image.Height, flipped);
    }
}
