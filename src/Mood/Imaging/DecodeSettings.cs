namespace MoodStream.Mood.Imaging;

/// <summary>How encoded bytes become an image.</summary>
public sealed record DecodeSettings
{
    /// <summary>Default limits, upright, transparency over white.</summary>
    public static DecodeSettings Default { get; } = new();

    /// <summary>What an image may cost.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <summary>Whether the EXIF orientation turns the image upright. Default true.</summary>
    public bool ApplyOrientation { get; init; } = true;

    /// <summary>
    /// To what size the image is resized next, where a JPEG may be decoded at a half, a quarter or an eighth of its size, as long
    /// as the result is no smaller than that. Default null: everything is decoded whole.
    /// </summary>
    public ResizeRule? ShrinkTo { get; init; }

    /// <summary>What becomes of transparency. Default: blended over white.</summary>
    public AlphaGround AlphaGround { get; init; } = AlphaGround.White;
}
