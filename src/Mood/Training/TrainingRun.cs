using System.Text.Json;
using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Vision;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>Weights that share a rule.</summary>
/// <param name="Weights">The weights.</param>
/// <param name="Decays">Whether weight decay applies.</param>
/// <param name="RateScale">Share of the learning rate.</param>
internal sealed record WeightGroup(IEnumerable<Parameter> Weights, bool Decays, double RateScale = 1);

/// <summary>What a method sees of one step, or of one part of it.</summary>
/// <param name="Views">For each way to see the images, shape [B, 3, S, S], on the device.</param>
/// <param name="Labels">Class of each image, [B]; −1 where it has none.</param>
/// <param name="Number">Steps done before this one.</param>
/// <param name="Seed">Seed of all chance in this part; torch's generator has it already.</param>
public sealed record TrainingStep(IReadOnlyList<Tensor> Views, long[] Labels, long Number, int Seed);

/// <summary>The loop of every training method: a method says what the model is and what a batch costs.</summary>
/// <remarks>
/// All chance of a step is a function of the seed and the step's number, so a resumed run reaches the same numbers as an
/// unbroken one. A method keeps whatever must survive a stop in its <see cref="Model"/>, as weights or buffers.
/// Thread-safety: owned by one thread.
/// </remarks>
public abstract class TrainingRun : ITrainingRun
{
    private const double Beta1 = 0.9;
    private readonly TrainingSettings _settings;
    private readonly CosineSchedule _schedule;
    private readonly Dictionary<string, double> _figures = [];
    private AdamW? _optimizer;
    private double[] _rateScales = [];                                        // one for each parameter group
    private WeightAverage? _average;

    /// <param name="settings">The recipe.</param>
    /// <param name="dataset">The images.</param>
    /// <param name="recipe">Preprocessing; its mean and deviation normalise the views.</param>
    /// <param name="problems">What is wrong with the recipe for these images; empty if nothing.</param>
    /// <exception cref="ArgumentException">There are problems; the message lists them all.</exception>
    protected TrainingRun(
        TrainingSettings settings, IImageDataset dataset, PreprocessingRecipe recipe, IReadOnlyList<string> problems)
    {
        if (problems.Count > 0) throw new ArgumentException(string.Join(" ", problems), nameof(settings));
        (_settings, Dataset, Recipe, Device) = (settings, dataset, recipe, device(settings.Device));
        TotalSteps = (long)settings.Epochs * dataset.Count / settings.BatchSize;
        _schedule = new CosineSchedule(
            settings.PeakLearningRate, settings.MinimumLearningRate, (long)(settings.WarmUpShare * TotalSteps), TotalSteps);
        random.manual_seed(settings.Seed);
    }

    /// <inheritdoc/>
    public long Step { get; private set; }

    /// <inheritdoc/>
    public long TotalSteps { get; }

    /// <inheritdoc/>
    public int BatchSize => _settings.BatchSize;

    /// <summary>The images.</summary>
    protected IImageDataset Dataset { get; }

    /// <summary>Preprocessing of the images.</summary>
    protected PreprocessingRecipe Recipe { get; }

    /// <summary>Where the model lies.</summary>
    protected Device Device { get; }

    /// <summary>Everything that is trained or kept, on the <see cref="Device"/>. Owned by the method.</summary>
    protected abstract nn.Module Model { get; }

    /// <summary>The ways each image is seen.</summary>
    protected abstract IReadOnlyList<IImageView> Views { get; }

    /// <inheritdoc/>
    public void Save(string path) => TrainingCheckpoint.Save(path, Model, Optimizer(), Step, Description(), _average);

    /// <inheritdoc/>
    public void Resume(string path)
    {
        var optimizer = Optimizer();
        Step = TrainingCheckpoint.Restore(path, Model, optimizer, Description(), _average);
    }

    /// <inheritdoc/>
    public void Run(Action<TrainingProgress> afterStep, CancellationToken cancellation)
    {
        Optimizer();
        var order = new SampleOrder(Dataset.Count, _settings.Seed);
        using var loader = new BatchLoader(Dataset, order, Views, BatchSize, Step, _settings.Workers);
        Model.train();
        long images = 0;
        while (Step < TotalSteps && !cancellation.IsCancellationRequested)
        {
            var rate = _schedule.At(Step);
            var loss = Train(loader.Next(), rate);
            Step++;
            images += BatchSize;
            var epoch = (double)Step * BatchSize / Dataset.Count;
            afterStep(new(Step, TotalSteps, epoch, loss, rate, images, loader.Waited, new Dictionary<string, double>(_figures)));
        }
        Model.eval();
    }

    /// <inheritdoc/>
    public void Export(string path, string origin) => WithResult(() => Write(path, origin));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes what the loop and the method own.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _optimizer?.Dispose();
        _average?.Dispose();
        Model.Dispose();
    }

    /// <summary>What a part of a batch costs.</summary>
    /// <returns>A scalar, float32: a mean over the images. The loop's scope disposes it.</returns>
    protected abstract Tensor Loss(TrainingStep step);

    /// <summary>Writes what the run is for.</summary>
    /// <param name="path">The file.</param>
    /// <param name="origin">Where it comes from, for people.</param>
    protected abstract void Write(string path, string origin);

    /// <summary>Called after each step of the optimiser, without gradients.</summary>
    protected virtual void AfterStep()
    {
    }

    /// <summary>What else a resumed run must agree with, besides settings and data.</summary>
    protected virtual string DescribeParts() => "";

    /// <summary>Tells a figure of this step; parts of a batch are averaged.</summary>
    protected void Note(string name, double value) =>
        _figures[name] = _figures.GetValueOrDefault(name) + value / _settings.Parts;

    /// <summary>Runs something while the averaged weights stand in the model, where the run averages.</summary>
    protected void WithResult(Action action)
    {
        Optimizer();
        _average?.Swap();
        action();
        _average?.Swap();
    }

    /// <summary>Groups of weights: matrices and kernels decay; biases, norms, tokens and positions do not.</summary>
    private protected virtual IEnumerable<WeightGroup> Groups()
    {
        var weights = Model.parameters().Where(p => p.requires_grad).ToLookup(IsMatrix);
        return [new(weights[true], Decays: true), new(weights[false], Decays: false)];
    }

    /// <summary>Whether weight decay applies to a weight of this shape.</summary>
    private protected static bool IsMatrix(Parameter weight) => weight.dim() is 2 or 4;

    private double Train(TrainingBatch batch, double learningRate)
    {
        var optimizer = Optimizer();
        for (var g = 0; g < _rateScales.Length; g++)
            optimizer.ParamGroups.ElementAt(g).LearningRate = learningRate * _rateScales[g];
        _figures.Clear();
        optimizer.zero_grad();
        var loss = 0.0;
        for (var part = 0; part < _settings.Parts; part++) loss += Backward(batch, part) / _settings.Parts;
        var limit = _settings.ClipNorm > 0 ? _settings.ClipNorm : double.PositiveInfinity;
        var norm = nn.utils.clip_grad_norm_(Model.parameters().Where(p => p.requires_grad), limit);
        if (!double.IsFinite(norm)) throw Diverged("gradient's norm", norm);
        Note("gradient_norm", norm * _settings.Parts);
        optimizer.step();
        using var gradientless = no_grad();
        _average?.Update();
        AfterStep();
        return loss;
    }

    private double Backward(TrainingBatch batch, int part)
    {
        using var scope = NewDisposeScope();
        var size = BatchSize / _settings.Parts;
        var seed = SampleOrder.Mix(_settings.Seed, Step);
        if (part > 0) seed = SampleOrder.Mix(seed, part);
        random.manual_seed(seed);
        using var precision = Autocast.To(_settings.Precision == TrainingPrecision.Mixed ? ScalarType.BFloat16 : null);
        var views = Views.Select((view, v) => tensor(batch.Views[v], [BatchSize, 3, view.Side, view.Side])
            .narrow(0, part * size, size).to(Device)).ToArray();                                   // [B, 3, S, S] each
        var loss = Loss(new(views, batch.Labels[(part * size)..((part + 1) * size)], Step, seed));
        var value = loss.item<float>();
        if (!float.IsFinite(value)) throw Diverged("loss", value);
        (_settings.Parts == 1 ? loss : loss / _settings.Parts).backward();
        return value;
    }

    private TrainingException Diverged(string what, double value) => new(
        $"The {what} of step {Step + 1} is {value}. Lower the learning rate, or look for damaged images.");

    private AdamW Optimizer()
    {
        if (_optimizer is not null) return _optimizer;
        var groups = Groups().Select(g => g with { Weights = [.. g.Weights] }).Where(g => g.Weights.Any()).ToArray();
        _rateScales = [.. groups.Select(g => g.RateScale)];
        if (_settings.AverageDecay > 0) _average = new WeightAverage(Model, _settings.AverageDecay);
        return _optimizer = optim.AdamW(
            groups.Select(g => new AdamW.ParamGroup(g.Weights, new AdamW.Options
            {
                beta1 = Beta1, beta2 = _settings.Beta2, weight_decay = g.Decays ? _settings.WeightDecay : 0,
            })), _settings.PeakLearningRate, Beta1, _settings.Beta2);
    }

    private string Description() => JsonSerializer.Serialize(new
    {
        method = GetType().Name, settings = _settings.Describe(), images = Dataset.Count, classes = Dataset.ClassNames.Count,
        preprocessing = Recipe.Hash, parts = DescribeParts(),
    });
}
