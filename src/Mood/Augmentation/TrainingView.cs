using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Augmentation;

/// <summary>How a training run sees an image: a random part of it, changed by chance, normalised, with a part erased.</summary>
/// <param name="Crop">The random part.</param>
/// <param name="Recipe">Its mean and deviation normalise the crop.</param>
public sealed record TrainingView(RandomResizedCrop Crop, PreprocessingRecipe Recipe)
{
    /// <summary>Changes the crop; null leaves it.</summary>
    public RandAugment? Augment { get; init; }

    /// <summary>Erases a part of the normalised image; null erases nothing.</summary>
    public RandomErasing? Erasing { get; init; }

    /// <summary>Values of one image: 3 · S · S.</summary>
    public int Length => RgbImage.Channels * Crop.Size * Crop.Size;

    /// <summary>Makes one view.</summary>
    /// <param name="image">The image.</param>
    /// <param name="chance">Chance that belongs to this place of the training.</param>
    /// <param name="view">Gets the view, shape [3, S, S], normalised.</param>
    public void Apply(RgbImage image, Random chance, Span<float> view)
    {
        var crop = Crop.Apply(image, chance);
        Recipe.Apply(Augment?.Apply(crop, chance) ?? crop, view);
        Erasing?.Apply(view, Crop.Size, chance);
    }
}
