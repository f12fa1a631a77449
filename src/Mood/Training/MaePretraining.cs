using System.Text.Json;
using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Masking;
using MoodStream.Mood.Vision;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>Masked pre-training of an encoder on unlabelled images.</summary>
/// <remarks>
/// Source: He et al. 2022, §3 and table 8. All chance of a step is a function of the seed and the step's number, so a
/// resumed run reaches the same numbers as an unbroken one. Thread-safety: owned by one thread.
/// </remarks>
public sealed class MaePretraining : ITrainingRun
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.95;
    private readonly PretrainSettings _settings;
    private readonly IImageDataset _dataset;
    private readonly PreprocessingRecipe _recipe;
    private readonly MaskedAutoencoder _model;
    private readonly AdamW _optimizer;
    private readonly CosineSchedule _schedule;
    private readonly Device _device;

    /// <param name="settings">The recipe.</param>
    /// <param name="dataset">The images; labels are ignored.</param>
    /// <param name="recipe">Preprocessing of the encoder; its mean and deviation normalise the crops.</param>
    /// <exception cref="ArgumentException">The settings are wrong; the message lists every problem.</exception>
    public MaePretraining(PretrainSettings settings, IImageDataset dataset, PreprocessingRecipe recipe)
    {
        var problems = settings.Problems(dataset.Count);
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(settings));
        (_settings, _dataset, _recipe, _device) = (settings, dataset, recipe, device(settings.Device));
        random.manual_seed(settings.Seed);
        _model = new MaskedAutoencoder(new VisionTransformer(settings.Encoder), settings.Decoder);
        _model.Initialise();
        _model.to(_device);
        _optimizer = CreateOptimizer(_model, settings);
        TotalSteps = (long)settings.Epochs * dataset.Count / settings.BatchSize;
        _schedule = new CosineSchedule(settings.PeakLearningRate, 0, (long)(settings.WarmUpShare * TotalSteps), TotalSteps);
    }

    /// <summary>The encoder in training.</summary>
    public VisionTransformer Encoder => _model.Encoder;

    /// <summary>The whole model.</summary>
    public MaskedAutoencoder Model => _model;

    /// <inheritdoc/>
    public long Step { get; private set; }

    /// <inheritdoc/>
    public long TotalSteps { get; }

    /// <inheritdoc/>
    public int BatchSize => _settings.BatchSize;

    /// <inheritdoc/>
    public void Save(string path) => TrainingCheckpoint.Save(path, _model, _optimizer, Step, Recipe());

    /// <inheritdoc/>
    public void Resume(string path) => Step = TrainingCheckpoint.Restore(path, _model, _optimizer, Recipe());

    /// <inheritdoc/>
    public void Run(Action<TrainingProgress> afterStep, CancellationToken cancellation)
    {
        var view = new TrainingView(new RandomResizedCrop(_settings.Encoder.ImageSize, _settings.MinCropScale), _recipe);
        var order = new SampleOrder(_dataset.Count, _settings.Seed);
        using var loader = new BatchLoader(_dataset, order, view, _settings.BatchSize, Step, _settings.Workers);
        _model.train();
        long images = 0;
        while (Step < TotalSteps && !cancellation.IsCancellationRequested)
        {
            var rate = _schedule.At(Step);
            var loss = Train(loader.Next().Images, rate);
            Step++;
            images += _settings.BatchSize;
            afterStep(new(Step, TotalSteps, (double)Step * _settings.BatchSize / _dataset.Count, loss, rate, images));
        }
        _model.eval();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
    }

    private double Train(float[] batch, double learningRate)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(SampleOrder.Mix(_settings.Seed, Step));
        var side = _settings.Encoder.ImageSize;
        var images = tensor(batch, [_settings.BatchSize, 3, side, side], device: _device);
        using var mask = RandomMask.FromNoise(rand(_settings.BatchSize, _settings.Encoder.Patches, device: _device), _settings.MaskRatio);
        foreach (var group in _optimizer.ParamGroups) group.LearningRate = learningRate;
        _optimizer.zero_grad();
        var loss = _model.forward(images, mask);
        var value = loss.item<float>();
        if (!float.IsFinite(value)) throw new TrainingException($"The loss of step {Step + 1} is {value}. Lower the learning rate, or look for damaged images.");
        loss.backward();
        _optimizer.step();
        return value;
    }

    private static AdamW CreateOptimizer(MaskedAutoencoder model, PretrainSettings settings)
    {
        var parameters = model.parameters().ToArray();
        return optim.AdamW(
        [
            Group(parameters.Where(p => p.dim() == 2 || p.dim() == 4), settings.WeightDecay),
            Group(parameters.Where(p => p.dim() != 2 && p.dim() != 4), 0),          // biases, norms, tokens, positions
        ], settings.PeakLearningRate, Beta1, Beta2);

        static AdamW.ParamGroup Group(IEnumerable<Parameter> parameters, double weightDecay) =>
            new(parameters, new AdamW.Options { beta1 = Beta1, beta2 = Beta2, weight_decay = weightDecay });
    }

    private string Recipe() => JsonSerializer.Serialize(new
    {
        encoder = _settings.Encoder.ToJson(), decoder = _settings.Decoder.ToString(), _settings.Epochs, _settings.BatchSize,
        _settings.BaseLearningRate, _settings.WarmUpShare, _settings.WeightDecay, _settings.MaskRatio, _settings.MinCropScale,
        _settings.Seed, images = _dataset.Count, preprocessing = _recipe.Hash,
    });
}
