using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Augmentation;

/// <summary>How a training run sees an image: a random part of it, changed by chance, normalised, with a part erased.</summary>
/// <param name="Crop">The random part.</param>
/// <param name="Recipe">Its mean and deviation normalise the crop.</param>
public sealed record TrainingView(RandomResizedCrop Crop, PreprocessingRecipe Recipe) : IImageView
{
    /// <summary>Changes the colours of the crop; null leaves them.</summary>
    public ColourJitter? Jitter { get; init; }

    /// <summary>Changes the crop; null leaves it.</summary>
    public RandAugment? Augment { get; init; }

    /// <summary>Erases a part of the normalised image; null erases nothing.</summary>
    public RandomErasing? Erasing { get; init; }

    /// <inheritdoc/>
    public int Side => Crop.Size;

    /// <inheritdoc/>
    public void Apply(RgbImage image, Random chance, Span<float> view)
    {
        var crop = Crop.Apply(image, chance);
        if (Jitter is not null) crop = Jitter.Apply(crop, chance);
        Recipe.Apply(Augment?.Apply(crop, chance) ?? crop, view);
        Erasing?.Apply(view, Crop.Size, chance);
    }
}
