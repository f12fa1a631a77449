using MoodStream.Mood.Augmentation;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Imaging;
using MoodStream.Mood.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>Trains the tokenizer of BEiT: pixels restored from softly chosen codes, which harden as the run cools.</summary>
/// <remarks>
/// Loss: mean squared error + w · KL(q ‖ uniform), both means, KL = ln V − H(q). Source: Ramesh et al. 2021, §2.1 and
/// appendix A.2; Gumbel-softmax: Jang et al. 2017, eq. (2). Differs: squared error for the logit-Laplace likelihood, and a
/// KL averaged over images and cells. Thread-safety: owned by one thread.
/// </remarks>
public sealed class DvaeTraining : TokenizerRun
{
    private const double Smallest = 1e-20;
    private readonly DiscreteVae _model;
    private readonly CosineRamp _temperature;
    private readonly CosineRamp _divergenceWeight;

    /// <param name="settings">The recipe.</param>
    /// <param name="dataset">The images; labels are ignored.</param>
    /// <param name="recipe">Preprocessing of the tokenizer.</param>
    /// <exception cref="ArgumentException">The settings are wrong; the message lists every problem.</exception>
    public DvaeTraining(DvaeSettings settings, IImageDataset dataset, PreprocessingRecipe recipe)
        : base(settings, dataset, recipe, settings.Problems(dataset.Count))
    {
        _model = new DiscreteVae(settings.Tokenizer);
        _model.to(Device);
        _temperature = new CosineRamp(1, settings.FinalTemperature, (long)(settings.CoolingShare * TotalSteps));
        _divergenceWeight = new CosineRamp(0, settings.DivergenceWeight, (long)(settings.DivergenceRampShare * TotalSteps));
        Views = [new TrainingView(new RandomResizedCrop(settings.Tokenizer.ImageSize, settings.MinCropScale), recipe)];
    }

    /// <inheritdoc/>
    public override VisualTokenizer Tokenizer => _model;

    /// <inheritdoc/>
    protected override IReadOnlyList<IImageView> Views { get; }

    /// <inheritdoc/>
    protected override Tensor Loss(TrainingStep step)
    {
        var images = step.Views[0];
        var (temperature, weight) = (_temperature.At(step.Number), _divergenceWeight.At(step.Number));
        var logits = _model.Logits(images);                                                        // [B, V, G, G]
        var soft = ((logits + Gumbel(logits)) / temperature).softmax(1);
        var error = nn.functional.mse_loss(_model.Restore(soft), images);
        var logShares = logits.log_softmax(1);
        var divergence = Math.Log(_model.CodeCount) + (logShares.exp() * logShares).sum(dim: 1).mean();
        Note("error", error.item<float>());
        Note("divergence", divergence.item<float>());
        Note("perplexity", CodeUse.PerplexityOf(logits.argmax(1), _model.CodeCount));
        Note("temperature", temperature);
        return error + weight * divergence;
    }

    /// <inheritdoc/>
    protected override (double Soft, double Hard) Errors(Tensor images, Tensor codes)
    {
        var soft = nn.functional.mse_loss(_model.Restore(_model.Logits(images).softmax(1)), images);
        return (soft.item<float>(), nn.functional.mse_loss(_model.RestoreCodes(codes), images).item<float>());
    }

    /// <summary>Draws of the standard Gumbel distribution, −ln(−ln U), in the shape of a tensor.</summary>
    private static Tensor Gumbel(Tensor like)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var inner = rand_like(like).clamp_min(Smallest).log().neg().clamp_min(Smallest);
        return inner.log().neg().MoveToOuterDisposeScope();
    }
}
