using System.Text.Json;
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
/// Source: Li et al. 2023, §3.2 and §3.3; Bao et al. 2022. All chance of a step is a function of the seed and the step's number,
/// so a resumed run reaches the same numbers as an unbroken one. Thread-safety: owned by one thread.
/// </remarks>
public sealed class FineTuning : ITrainingRun
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private readonly FinetuneSettings _settings;
    private readonly IImageDataset _dataset;
    private readonly PreprocessingRecipe _recipe;
    private readonly EncoderClassifier _model;
    private readonly WeightAverage? _average;
    private readonly AdamW _optimizer;
    private readonly double[] _rateScales;                                     // one for each parameter group
    private readonly CosineSchedule _schedule;
    private readonly BatchMixing _mixing;
    private readonly Device _device;

    /// <param name="settings">The recipe.</param>
    /// <param name="encoder">The encoder to begin with; this run owns it.</param>
    /// <param name="recipe">Preprocessing of the encoder; its mean and deviation normalise the crops.</param>
    /// <param name="dataset">The images with their classes; a one-class run ignores these.</param>
    /// <exception cref="ArgumentException">The settings are wrong; the message lists every problem.</exception>
    public FineTuning(FinetuneSettings settings, VisionTransformer encoder, PreprocessingRecipe recipe, IImageDataset dataset)
    {
        var problems = settings.Problems(encoder.Config, dataset.Count, dataset.ClassNames.Count);
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(settings));
        (_settings, _dataset, _recipe, _device) = (settings, dataset, recipe, device(settings.Device));
        random.manual_seed(settings.Seed);
        _model = new EncoderClassifier(encoder, settings.OutputsFor(dataset.ClassNames.Count));
        _model.to(_device);
        if (settings.AverageDecay > 0) _average = new WeightAverage(_model, settings.AverageDecay);
        (_optimizer, _rateScales) = CreateOptimizer();
        _mixing = new BatchMixing(settings.MixupAlpha, settings.CutMixAlpha);
        TotalSteps = (long)settings.Epochs * dataset.Count / settings.BatchSize;
        _schedule = new CosineSchedule(
            settings.PeakLearningRate, settings.MinimumLearningRate, (long)(settings.WarmUpShare * TotalSteps), TotalSteps);
    }

    /// <inheritdoc/>
    public long Step { get; private set; }

    /// <inheritdoc/>
    public long TotalSteps { get; }

    /// <inheritdoc/>
    public int BatchSize => _settings.BatchSize;

    /// <inheritdoc/>
    public void Save(string path) => TrainingCheckpoint.Save(path, _model, _optimizer, Step, Recipe(), _average);

    /// <inheritdoc/>
    public void Resume(string path) => Step = TrainingCheckpoint.Restore(path, _model, _optimizer, Recipe(), _average);

    /// <inheritdoc/>
    public void Run(Action<TrainingProgress> afterStep, CancellationToken cancellation)
    {
        var view = new TrainingView(new RandomResizedCrop(_model.Encoder.Config.ImageSize, _settings.MinCropScale), _recipe)
        {
            Augment = _settings.AugmentMagnitude > 0 ? new RandAugment(_settings.AugmentMagnitude, MeanColour()) : null,
            Erasing = _settings.ErasingProbability > 0 ? new RandomErasing(_settings.ErasingProbability) : null,
        };
        var order = new SampleOrder(_dataset.Count, _settings.Seed);
        using var loader = new BatchLoader(_dataset, order, view, BatchSize, Step, _settings.Workers);
        _model.train();
        long images = 0;
        while (Step < TotalSteps && !cancellation.IsCancellationRequested)
        {
            var rate = _schedule.At(Step);
            var loss = Train(loader.Next(), rate);
            Step++;
            images += BatchSize;
            afterStep(new(Step, TotalSteps, (double)Step * BatchSize / _dataset.Count, loss, rate, images));
        }
        _model.eval();
    }

    /// <summary>Hands the encoder and its classifier to a writer: the averaged ones, where the run averages.</summary>
    public void WithResult(Action<VisionTransformer, Linear> write)
    {
        _average?.Swap();
        write(_model.Encoder, _model.Classifier);
        _average?.Swap();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _average?.Dispose();
        _model.Dispose();
    }

    private double Train(TrainingBatch batch, double learningRate)
    {
        using var scope = NewDisposeScope();
        var seed = SampleOrder.Mix(_settings.Seed, Step);
        random.manual_seed(seed);
        var side = _model.Encoder.Config.ImageSize;
        var images = tensor(batch.Images, [BatchSize, 3, side, side], device: _device);                    // [B, 3, S, S]
        var mixed = _mixing.Apply(images, LabelsOf(batch), new Random(seed));
        for (var g = 0; g < _rateScales.Length; g++) _optimizer.ParamGroups.ElementAt(g).LearningRate = learningRate * _rateScales[g];
        _optimizer.zero_grad();
        var loss = Loss(_model.forward(mixed.Images), mixed);
        var value = loss.item<float>();
        if (!float.IsFinite(value))
            throw new TrainingException($"The loss of step {Step + 1} is {value}. Lower the learning rate, or look for damaged images.");
        loss.backward();
        if (_settings.ClipNorm > 0) nn.utils.clip_grad_norm_(_model.parameters(), _settings.ClipNorm);
        _optimizer.step();
        _average?.Update();
        return value;
    }

    private byte[] MeanColour() => [.. new[] { _recipe.Mean.Red, _recipe.Mean.Green, _recipe.Mean.Blue }.Select(m => (byte)(byte.MaxValue * m))];

    private Tensor LabelsOf(TrainingBatch batch) => _settings.Stage == FinetuneStage.OneClass
        ? zeros(BatchSize, ScalarType.Int64, _device)
        : tensor(batch.Labels, device: _device);

    private Tensor Loss(Tensor logits, MixedBatch batch)
    {
        var loss = nn.functional.cross_entropy(logits, batch.Labels, label_smoothing: _settings.LabelSmoothing);
        return batch.Share == 1
            ? loss
            : batch.Share * loss + (1 - batch.Share)
                * nn.functional.cross_entropy(logits, batch.OtherLabels, label_smoothing: _settings.LabelSmoothing);
    }

    /// <summary>A group for each layer and kind: matrices decay, biases, norms, tokens and positions do not.</summary>
    private (AdamW Optimizer, double[] RateScales) CreateOptimizer()
    {
        const string encoder = "encoder.";
        var layers = new LayerDecay(_settings.LayerDecay, _model.Encoder.Config.Depth);
        var groups = _model.named_parameters()
            .Where(p => p.parameter.requires_grad)
            .GroupBy(p => (Layer: layers.LayerOf(p.name.StartsWith(encoder, StringComparison.Ordinal) ? p.name[encoder.Length..] : p.name),
                Decays: p.parameter.dim() is 2 or 4))
            .OrderBy(g => g.Key).ToArray();
        var optimizer = optim.AdamW(
            groups.Select(g => new AdamW.ParamGroup(g.Select(p => p.parameter), new AdamW.Options
            {
                beta1 = Beta1, beta2 = Beta2, weight_decay = g.Key.Decays ? _settings.WeightDecay : 0,
            })), _settings.PeakLearningRate, Beta1, Beta2);
        return (optimizer, [.. groups.Select(g => layers.ScaleOf(g.Key.Layer))]);
    }

    private string Recipe() => JsonSerializer.Serialize(new
    {
        settings = _settings with { Workers = 1, Device = "" }, encoder = _model.Encoder.Config.ToJson(),
        images = _dataset.Count, classes = _dataset.ClassNames.Count, preprocessing = _recipe.Hash,
    });
}
