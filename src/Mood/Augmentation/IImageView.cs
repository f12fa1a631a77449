using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Augmentation;

/// <summary>How a training run sees an image.</summary>
public interface IImageView
{
    /// <summary>Side S of a view; pixels.</summary>
    int Side { get; }

    /// <summary>Makes one view.</summary>
    /// <param name="image">The image.</param>
    /// <param name="chance">Chance that belongs to this place of the training.</param>
    /// <param name="view">Gets the view, shape [3, S, S], normalised.</param>
    void Apply(RgbImage image, Random chance, Span<float> view);
}
