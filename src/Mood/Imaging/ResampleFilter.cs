namespace MoodStream.Mood.Imaging;

/// <summary>Interpolation kernel; widened by the scale when an image gets smaller, so that nothing aliases.</summary>
public enum ResampleFilter
{
    /// <summary>Triangle, 1 pixel to each side.</summary>
    Bilinear,

    /// <summary>Keys' cubic with a = −0.5, 2 pixels to each side.</summary>
    Bicubic,

    /// <summary>Windowed sinc with a = 3, 3 pixels to each side.</summary>
    Lanczos,
}
