namespace MoodStream.Mood.Imaging;

/// <summary>To what size an image is brought before the crop. A closed set.</summary>
public abstract record ResizeRule
{
    private ResizeRule()
    {
    }

    /// <summary>Size of the result for a source of this size.</summary>
    internal abstract (long Width, long Height) SizeOf(int width, int height);

    /// <summary>The shorter side to a length, the other in proportion: ⌊length · long / short⌋.</summary>
    /// <param name="Length">Length of the shorter side, in pixels, at least 1.</param>
    public sealed record ShorterSide(int Length) : ResizeRule
    {
        internal override (long Width, long Height) SizeOf(int width, int height) => width <= height
            ? (Length, InProportion(height, width))
            : (InProportion(width, height), Length);

        private long InProportion(int longer, int shorter) => (long)((double)((long)Length * longer) / shorter);
    }

    /// <summary>Both sides as given; the aspect ratio is not kept.</summary>
    /// <param name="Width">Width in pixels, at least 1.</param>
    /// <param name="Height">Height in pixels, at least 1.</param>
    public sealed record Exact(int Width, int Height) : ResizeRule
    {
        internal override (long Width, long Height) SizeOf(int width, int height) => (Width, Height);
    }
}
