using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>Supervised fine-tuning of an encoder: cross-entropy with label smoothing, layer decay, drop path.</summary>
/// <remarks>
/// Source: Li et al. 2023, §3.2 and §3.3; Bao et al. 2022; outlier exposure: Hendrycks et al. 2019, eq. (1), with the
/// cross-entropy to the even distribution. Thread-safety: owned by one thread.
/// </remarks>
public sealed class FineTuning : TrainingRun
{
    private readonly FinetuneSettings _settings;
    private readonly EncoderClassifier _model;
    private readonly BatchMixing _mixing;

    /// <param name="settings">The recipe.</param>
    /// <param name="encoder">The encoder to begin with; this run owns it.</param>
    /// <param name="recipe">Preprocessing of the encoder; its mean and deviation normalise the crops.</param>
    /// <param name="dataset">
    /// The images with their classes; a one-class run ignores these. With an outlier weight, images without a class are
    /// outliers (<see cref="OutlierMixture"/>).
    /// </param>
    /// <exception cref="ArgumentException">The settings are wrong; the message lists every problem.</exception>
    public FineTuning(
        FinetuneSettings settings, VisionTransformer encoder, PreprocessingRecipe recipe, IImageDataset dataset)
        : base(settings, dataset, recipe, settings.Problems(encoder.Config, dataset.Count, dataset.ClassNames.Count))
    {
        _settings = settings;
        _model = new EncoderClassifier(encoder, settings.OutputsFor(dataset.ClassNames.Count));
        _model.to(Device);
        _mixing = new BatchMixing(settings.MixupAlpha, settings.CutMixAlpha);
        Views =
        [
            new TrainingView(new RandomResizedCrop(encoder.Config.ImageSize, settings.MinCropScale), recipe)
            {
                Augment = settings.AugmentMagnitude > 0 ? new RandAugment(settings.AugmentMagnitude, MeanColour()) : null,
                Erasing = settings.ErasingProbability > 0 ? new RandomErasing(settings.ErasingProbability) : null,
            },
        ];
    }

    /// <inheritdoc/>
    protected override nn.Module Model => _model;

    /// <inheritdoc/>
    protected override IReadOnlyList<IImageView> Views { get; }

    /// <summary>Hands the encoder and its classifier to a reader: the averaged ones, where the run averages.</summary>
    public void WithResult(Action<VisionTransformer, Linear> read) =>
        WithResult(() => read(_model.Encoder, _model.Classifier));

    /// <inheritdoc/>
    protected override Tensor Loss(TrainingStep step)
    {
        var mixed = _mixing.Apply(step.Views[0], LabelsOf(step.Labels), new Random(step.Seed));
        var logits = _model.forward(mixed.Images);                                                 // [B, K]
        if (_mixing.Off) Note("accuracy", Accuracy(logits, mixed.Labels));
        return Loss(logits, mixed);
    }

    /// <inheritdoc/>
    protected override void Write(string path, string origin) =>
        Backbone.Save(path, _model.Encoder, Recipe, origin, _model.Classifier);

    /// <inheritdoc/>
    protected override string DescribeParts() => _model.Encoder.Config.ToJson();

    /// <summary>A group for each layer and kind: matrices decay, biases, norms, tokens and positions do not.</summary>
    private protected override IEnumerable<WeightGroup> Groups()
    {
        const string encoder = "encoder.";
        var layers = new LayerDecay(_settings.LayerDecay, _model.Encoder.Config.Depth);
        return _model.named_parameters()
            .Where(p => p.parameter.requires_grad)
            .GroupBy(p => (Layer: layers.LayerOf(WithoutPrefix(p.name)), Decays: IsMatrix(p.parameter)), p => p.parameter)
            .OrderBy(g => g.Key)
            .Select(g => new WeightGroup(g, g.Key.Decays, layers.ScaleOf(g.Key.Layer)));

        static string WithoutPrefix(string name) =>
            name.StartsWith(encoder, StringComparison.Ordinal) ? name[encoder.Length..] : name;
    }

    private static double Accuracy(Tensor logits, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var known = labels.ge(0);
        var right = logits.detach().argmax(1).eq(labels).logical_and(known);
        return right.count_nonzero().item<long>() / Math.Max(1.0, known.count_nonzero().item<long>());
    }

    private byte[] MeanColour() =>
        [.. new[] { Recipe.Mean.Red, Recipe.Mean.Green, Recipe.Mean.Blue }.Select(m => (byte)(byte.MaxValue * m))];

    private Tensor LabelsOf(long[] labels) => _settings.Stage == FinetuneStage.OneClass
        ? tensor([.. labels.Select(l => l < 0 && _settings.OutlierWeight > 0 ? l : 0)], device: Device)
        : tensor(labels, device: Device);

    private Tensor Loss(Tensor logits, MixedBatch batch)
    {
        var loss = Loss(logits, batch.Labels);
        return batch.Share == 1 ? loss : batch.Share * loss + (1 - batch.Share) * Loss(logits, batch.OtherLabels);
    }

    /// <summary>
    /// Cross-entropy with each image's class, or, for an outlier, with the even distribution: the classifier shall not know.
    /// </summary>
    private Tensor Loss(Tensor logits, Tensor labels)
    {
        if (_settings.OutlierWeight == 0) return CrossEntropy(logits, labels);
        var (known, outliers) = (labels.ge(0).nonzero().squeeze(1), labels.lt(0).nonzero().squeeze(1));
        var loss = known.shape[0] == 0
            ? zeros(1, device: Device).squeeze()
            : CrossEntropy(logits.index_select(0, known), labels.index_select(0, known));
        if (outliers.shape[0] == 0) return loss;
        var even = -logits.index_select(0, outliers).log_softmax(1).mean([1]).mean();
        Note("outlier_loss", even.item<float>());
        return loss + _settings.OutlierWeight * even;
    }

    private Tensor CrossEntropy(Tensor logits, Tensor labels) =>
        nn.functional.cross_entropy(logits, labels, label_smoothing: _settings.LabelSmoothing);
}
