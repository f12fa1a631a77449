using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Augmentation;

/// <summary>Changes of colour and sharpness, equal to Pillow's on 8-bit values, since published recipes were tuned with it.</summary>
/// <remarks>Source of the rules: Pillow's ImageOps and ImageEnhance, as documented. Thread-safety: pure.</remarks>
internal static class ColourOperations
{
    private const int Levels = 256;
    private const byte Highest = byte.MaxValue;
    private const int SolarizeAddThreshold = 128;

    /// <summary>Stretches each channel so that its darkest value is 0 and its brightest 255.</summary>
    public static RgbImage AutoContrast(RgbImage image) => ByChannel(image, histogram =>
    {
        int low = Array.FindIndex(histogram, n => n > 0), high = Array.FindLastIndex(histogram, n => n > 0);
        if (high <= low) return Identity();
        var scale = (double)Highest / (high - low);
        return Table(i => (int)(i * scale - low * scale));
    });

    /// <summary>Spreads the values of each channel evenly.</summary>
    public static RgbImage Equalize(RgbImage image) => ByChannel(image, histogram =>
    {
        var used = histogram.Where(n => n > 0).ToArray();
        var step = (used.Sum() - used[^1]) / Highest;
        if (used.Length <= 1 || step == 0) return Identity();
        var sum = step / 2;
        var table = new byte[Levels];
        for (var i = 0; i < Levels; i++)
        {
            table[i] = (byte)Math.Min(Highest, sum / step);
            sum += histogram[i];
        }
        return table;
    });

    /// <summary>255 minus each value.</summary>
    public static RgbImage Invert(RgbImage image) => Map(image, Table(i => Highest - i));

    /// <summary>Keeps the highest bits of each value.</summary>
    /// <param name="image">The image.</param>
    /// <param name="bits">Bits kept, in 0..8.</param>
    public static RgbImage Posterize(RgbImage image, int bits) => Map(image, Table(i => i & ~((1 << (8 - bits)) - 1)));

    /// <summary>Inverts values from a threshold on.</summary>
    /// <param name="image">The image.</param>
    /// <param name="threshold">First value that is inverted, in 0..256.</param>
    public static RgbImage Solarize(RgbImage image, int threshold) => Map(image, Table(i => i < threshold ? i : Highest - i));

    /// <summary>Adds to values below 128.</summary>
    public static RgbImage SolarizeAdd(RgbImage image, int add) => Map(image, Table(i => i < SolarizeAddThreshold ? i + add : i));

    /// <summary>Blends with the grey image: 0 is grey, 1 unchanged, above 1 more colourful.</summary>
    public static RgbImage Colour(RgbImage image, double factor) => Blend(image, factor, pixel => Grey(image, pixel));

    /// <summary>Blends with the mean grey: 0 is flat, 1 unchanged.</summary>
    public static RgbImage Contrast(RgbImage image, double factor)
    {
        long sum = 0;
        for (var pixel = 0; pixel < image.Pixels.Length; pixel += RgbImage.Channels) sum += Grey(image, pixel);
        var mean = (int)((double)sum / (image.Width * image.Height) + 0.5);
        return Blend(image, factor, _ => mean);
    }

    /// <summary>Blends with black: 0 is black, 1 unchanged.</summary>
    public static RgbImage Brightness(RgbImage image, double factor) => Blend(image, factor, _ => 0);

    /// <summary>Blends with a smoothed image: 0 is smooth, 1 unchanged, above 1 sharper. The border stays as it is.</summary>
    public static RgbImage Sharpness(RgbImage image, double factor)
    {
        var result = (byte[])image.Pixels.Clone();
        for (var y = 1; y < image.Height - 1; y++)
            for (var x = 1; x < image.Width - 1; x++)
                for (var channel = 0; channel < RgbImage.Channels; channel++)
                {
                    var place = RgbImage.Channels * (y * image.Width + x) + channel;
                    result[place] = Blended(Smoothed(image, place), image.Pixels[place], (float)factor);
                }
        return new(image.Width, image.Height, result);
    }

    /// <summary>The mean of the 3 × 3 neighbours, the middle one counting five times.</summary>
    private static int Smoothed(RgbImage image, int place)
    {
        const int middleWeight = 5, totalWeight = 13;
        var row = RgbImage.Channels * image.Width;
        var sum = (middleWeight - 1) * image.Pixels[place];
        for (var dy = -row; dy <= row; dy += row)
            for (var dx = -RgbImage.Channels; dx <= RgbImage.Channels; dx += RgbImage.Channels)
                sum += image.Pixels[place + dy + dx];
        return (int)((double)sum / totalWeight + 0.5);
    }

    /// <summary>ITU-R 601 luma of the pixel that begins at a place, in 16-bit fixed point.</summary>
    private static int Grey(RgbImage image, int pixel)
    {
        const int red = 19595, green = 38470, blue = 7471, half = 0x8000, shift = 16;
        return (image.Pixels[pixel] * red + image.Pixels[pixel + 1] * green + image.Pixels[pixel + 2] * blue + half) >> shift;
    }

    private static RgbImage Blend(RgbImage image, double factor, Func<int, int> degenerate)
    {
        var result = new byte[image.Pixels.Length];
        for (var pixel = 0; pixel < result.Length; pixel += RgbImage.Channels)
        {
            var ground = degenerate(pixel);
            for (var channel = 0; channel < RgbImage.Channels; channel++)
                result[pixel + channel] = Blended(ground, image.Pixels[pixel + channel], (float)factor);
        }
        return new(image.Width, image.Height, result);
    }

    private static byte Blended(int ground, int value, float factor) => (byte)Math.Clamp((int)(ground + factor * (value - ground)), 0, Highest);

    private static RgbImage ByChannel(RgbImage image, Func<int[], byte[]> tableOf)
    {
        var result = new byte[image.Pixels.Length];
        for (var channel = 0; channel < RgbImage.Channels; channel++)
        {
            var histogram = new int[Levels];
            for (var i = channel; i < result.Length; i += RgbImage.Channels) histogram[image.Pixels[i]]++;
            var table = tableOf(histogram);
            for (var i = channel; i < result.Length; i += RgbImage.Channels) result[i] = table[image.Pixels[i]];
        }
        return new(image.Width, image.Height, result);
    }

    private static RgbImage Map(RgbImage image, byte[] table) => new(image.Width, image.Height, Array.ConvertAll(image.Pixels, p => table[p]));

    private static byte[] Identity() => Table(i => i);

    private static byte[] Table(Func<int, int> value) => [.. Enumerable.Range(0, Levels).Select(i => (byte)Math.Clamp(value(i), 0, Highest))];
}
