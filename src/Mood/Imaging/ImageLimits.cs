namespace MoodStream.Mood.Imaging;

/// <summary>What an encoded image may cost. Checked on the header, before any memory for pixels is taken.</summary>
/// <remarks>Decoding takes at most about 11 bytes for each pixel at its peak (4 decoded, 4 inside the codec, 3 handed out).</remarks>
public sealed record ImageLimits
{
    /// <summary>The limits of a gate that was told nothing else.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Largest encoded image, in bytes. Default 32 MiB.</summary>
    public long MaxBytes { get; init; } = 32L << 20;

    /// <summary>Largest width times height, in pixels. Default 64 megapixels.</summary>
    public long MaxPixels { get; init; } = 64_000_000;

    /// <summary>Longest side, in pixels. Default 32,768.</summary>
    public int MaxSide { get; init; } = 32_768;

    /// <summary>The fault of an image of this size, or null where the size is allowed.</summary>
    internal ImageFault? FaultOf(long width, long height)
    {
        if (width <= 0 || height <= 0) return ImageFault.ZeroSize;
        if (width > MaxSide || height > MaxSide) return ImageFault.TooManyPixels;
        return width * height > Math.Min(MaxPixels, Array.MaxLength / RgbImage.Channels) ? ImageFault.TooManyPixels : null;
    }
}
