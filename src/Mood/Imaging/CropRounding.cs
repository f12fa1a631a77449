namespace MoodStream.Mood.Imaging;

/// <summary>Where a centre crop starts when the margin is an odd number of pixels.</summary>
public enum CropRounding
{
    /// <summary>The half pixel goes to the even offset (torchvision, timm).</summary>
    HalfToEven,

    /// <summary>The half pixel goes down (transformers).</summary>
    Floor,
}
