namespace MoodStream.Mood.Imaging;

/// <summary>One number for each colour channel, on the scale where 1 is the brightest.</summary>
public readonly record struct ChannelValues(float Red, float Green, float Blue)
{
    /// <summary>Mean of ImageNet's training pixels, as published checkpoints use it.</summary>
    public static ChannelValues ImageNetMean { get; } = new(0.485f, 0.456f, 0.406f);

    /// <summary>Standard deviation of ImageNet's training pixels, as published checkpoints use it.</summary>
    public static ChannelValues ImageNetStd { get; } = new(0.229f, 0.224f, 0.225f);

    /// <summary>The same number three times.</summary>
    public static ChannelValues All(float value) => new(value, value, value);

    /// <summary>Value of channel 0 (red), 1 (green) or 2 (blue).</summary>
    internal float this[int channel] => channel switch { 0 => Red, 1 => Green, _ => Blue };
}
