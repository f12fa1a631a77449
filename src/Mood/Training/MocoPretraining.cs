using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>Contrastive pre-training: two views of an image shall be nearer to each other than to other images.</summary>
/// <remarks>
/// The comparator of masked image modelling (Li et al. 2023, table 1). Source: Chen, Xie and He 2021, "An Empirical Study of
/// Training Self-Supervised Vision Transformers" (MoCo v3). Thread-safety: owned by one thread.
/// </remarks>
public sealed class MocoPretraining : TrainingRun
{
    private readonly ContrastiveModel _model;
    private readonly CosineRamp _momentum;

    /// <param name="settings">The recipe.</param>
    /// <param name="dataset">The images; labels are ignored.</param>
    /// <param name="recipe">Preprocessing of the encoder; its mean and deviation normalise the crops.</param>
    /// <exception cref="ArgumentException">The settings are wrong; the message lists every problem.</exception>
    public MocoPretraining(MocoSettings settings, IImageDataset dataset, PreprocessingRecipe recipe)
        : base(settings, dataset, recipe, settings.Problems(dataset.Count))
    {
        _model = new ContrastiveModel(settings);
        _model.to(Device);
        _momentum = new CosineRamp(settings.Momentum, 1, TotalSteps);
        var jitter = new ColourJitter(0.4, 0.4, 0.2) { Share = 0.8, GreyShare = 0.2 };
        var view = new TrainingView(new RandomResizedCrop(settings.Encoder.ImageSize, settings.MinCropScale), recipe)
        {
            Jitter = jitter,
        };
        Views = [view, view with { Jitter = jitter with { SolariseShare = 0.2 } }];
    }

    /// <inheritdoc/>
    protected override nn.Module Model => _model;

    /// <inheritdoc/>
    protected override IReadOnlyList<IImageView> Views { get; }

    /// <inheritdoc/>
    protected override Tensor Loss(TrainingStep step) => _model.forward(step.Views[0], step.Views[1]);

    /// <inheritdoc/>
    protected override void AfterStep() => _model.Follow(_momentum.At(Step));

    /// <inheritdoc/>
    protected override void Write(string path, string origin) => Backbone.Save(path, _model.Encoder, Recipe, origin);
}
