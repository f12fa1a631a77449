using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Masking;
using MoodStream.Mood.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>Masked autoencoder: an encoder learns by predicting the pixels of removed patches.</summary>
/// <remarks>Source: He et al. 2022, §3 and table 8. Thread-safety: owned by one thread.</remarks>
public sealed class MaePretraining : TrainingRun
{
    private readonly MaeSettings _settings;

    /// <param name="settings">The recipe.</param>
    /// <param name="dataset">The images; labels are ignored.</param>
    /// <param name="recipe">Preprocessing of the encoder; its mean and deviation normalise the crops.</param>
    /// <exception cref="ArgumentException">The settings are wrong; the message lists every problem.</exception>
    public MaePretraining(MaeSettings settings, IImageDataset dataset, PreprocessingRecipe recipe)
        : base(settings, dataset, recipe, settings.Problems(dataset.Count))
    {
        _settings = settings;
        Autoencoder = new MaskedAutoencoder(new VisionTransformer(settings.Encoder), settings.Decoder);
        Autoencoder.Initialise();
        Autoencoder.to(Device);
        Views = [new TrainingView(new RandomResizedCrop(settings.Encoder.ImageSize, settings.MinCropScale), recipe)];
    }

    /// <summary>The whole model.</summary>
    public MaskedAutoencoder Autoencoder { get; }

    /// <inheritdoc/>
    protected override nn.Module Model => Autoencoder;

    /// <inheritdoc/>
    protected override IReadOnlyList<IImageView> Views { get; }

    /// <inheritdoc/>
    protected override Tensor Loss(TrainingStep step)
    {
        var images = step.Views[0];
        using var mask = RandomMask.FromNoise(
            rand(images.shape[0], _settings.Encoder.Patches, device: Device), _settings.MaskRatio);
        return Autoencoder.forward(images, mask);
    }

    /// <inheritdoc/>
    protected override void Write(string path, string origin) => Backbone.Save(path, Autoencoder.Encoder, Recipe, origin);
}
