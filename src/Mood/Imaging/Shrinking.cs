namespace MoodStream.Mood.Imaging;

/// <summary>How an image was shrunk while it was decoded.</summary>
/// <param name="Factor">Pixels of the file that one decoded pixel stands for, along each side: 2, 4 or 8.</param>
/// <param name="Width">Width of the image in the file, upright, in pixels; decoded it is the quotient, rounded up.</param>
/// <param name="Height">Its height.</param>
/// <remarks>
/// A JPEG holds the frequencies of blocks of 8 x 8 pixels. A decoder that transforms only the lowest of them back gives a smaller
/// image without ever making the whole one. Sides that are powers of two have vectorised transforms in libjpeg-turbo, the others
/// have not, and cost more than they save.
/// </remarks>
public readonly record struct Shrinking(int Factor, int Width, int Height)
{
    private static readonly int[] Factors = [8, 4, 2];

    /// <summary>The strongest shrinking after which the resize still never enlarges; null where there is none.</summary>
    /// <param name="width">Width of the upright image in the file.</param>
    /// <param name="height">Its height.</param>
    /// <param name="rule">The resize that follows.</param>
    internal static Shrinking? For(int width, int height, ResizeRule rule)
    {
        var (across, down) = rule.SizeOf(width, height);
        var factor = Array.Find(Factors, f => width >= f * across && height >= f * down);
        return factor == 0 ? null : new Shrinking(factor, width, height);
    }
}
