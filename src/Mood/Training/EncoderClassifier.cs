using MoodStream.Mood.Vision;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MoodStream.Mood.Training;

/// <summary>An encoder with a linear classifier on its features, in training.</summary>
/// <remarks>
/// The classifier begins near zero (truncated normal 0.02, times 0.001), as in BEiT's fine-tuning, so that the encoder is not
/// shaken by the first steps. Thread-safety: owned by one thread.
/// </remarks>
internal sealed class EncoderClassifier : nn.Module<Tensor, Tensor>
{
    private const double InitialDeviation = 0.02;
    private const double InitialScale = 0.001;

    [ComponentName(Name = "encoder")]
    private readonly VisionTransformer _encoder;
    [ComponentName(Name = "head")]
    private readonly Linear _classifier;

    /// <param name="encoder">The encoder, which this model owns.</param>
    /// <param name="outputs">Number of logits K.</param>
    public EncoderClassifier(VisionTransformer encoder, int outputs) : base(nameof(EncoderClassifier))
    {
        (_encoder, _classifier) = (encoder, nn.Linear(encoder.Config.Width, outputs));
        using (no_grad())
        {
            nn.init.trunc_normal_(_classifier.weight, 0, InitialDeviation).mul_(InitialScale);
            nn.init.zeros_(_classifier.bias!);
        }
        RegisterComponents();
    }

    /// <summary>The encoder.</summary>
    public VisionTransformer Encoder => _encoder;

    /// <summary>The classifier.</summary>
    public Linear Classifier => _classifier;

    /// <param name="images">Normalised images, shape [B, 3, S, S].</param>
    /// <returns>Logits, shape [B, K]. The caller disposes them.</returns>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        return _classifier.forward(_encoder.forward(images)).MoveToOuterDisposeScope();
    }
}
