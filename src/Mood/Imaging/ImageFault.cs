namespace MoodStream.Mood.Imaging;

/// <summary>Why bytes did not become an image. A closed list.</summary>
public enum ImageFault
{
    /// <summary>There are no bytes.</summary>
    Empty,

    /// <summary>The bytes start like none of JPEG, PNG, WebP, BMP and GIF.</summary>
    UnsupportedFormat,

    /// <summary>The format is known but the bytes break its rules.</summary>
    Undecodable,

    /// <summary>The image ends before its last row, or its header announces more pixels than so few bytes can hold.</summary>
    Truncated,

    /// <summary>More encoded bytes than <see cref="ImageLimits.MaxBytes"/>.</summary>
    TooManyBytes,

    /// <summary>The header announces more than <see cref="ImageLimits.MaxPixels"/> or a side longer than
    /// <see cref="ImageLimits.MaxSide"/>; nothing was decoded.</summary>
    TooManyPixels,

    /// <summary>Width or height is zero.</summary>
    ZeroSize,
}
