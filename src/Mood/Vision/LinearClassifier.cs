using static TorchSharp.torch;

namespace MoodStream.Mood.Vision;

/// <summary>
/// The last linear layer of a backbone, logits = W f + b, where f is the feature as the backbone gives it, not
/// normalised in length.
/// </summary>
/// <remarks>Owns both tensors; whoever made it disposes it.</remarks>
public sealed class LinearClassifier : IDisposable
{
    /// <param name="weight">W, shape [K, D], any floating type. Copied.</param>
    /// <param name="bias">b, shape [K], any floating type; null is zero. Copied.</param>
    /// <exception cref="ArgumentException">The shapes or types do not fit each other.</exception>
    public LinearClassifier(Tensor weight, Tensor? bias)
    {
        if (weight.dim() != 2 || !weight.is_floating_point() || weight.shape[0] == 0)
            throw new ArgumentException($"Weights of shape [K, D] are wanted, not [{string.Join(", ", weight.shape)}].", nameof(weight));
        if (bias is not null && (bias.dim() != 1 || !bias.is_floating_point() || bias.shape[0] != weight.shape[0]))
            throw new ArgumentException($"A bias of shape [{weight.shape[0]}] is wanted, not [{string.Join(", ", bias.shape)}].", nameof(bias));
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        Weight = weight.detach().cpu().to(ScalarType.Float64).clone().DetachFromDisposeScope();
        Bias = (bias is null ? zeros(weight.shape[0], ScalarType.Float64) : bias.detach().cpu().to(ScalarType.Float64).clone())
            .DetachFromDisposeScope();
    }

    /// <summary>W, shape [K, D], float64, on the CPU.</summary>
    public Tensor Weight { get; }

    /// <summary>b, shape [K], float64, on the CPU.</summary>
    public Tensor Bias { get; }

    /// <summary>Number of classes K.</summary>
    public int ClassCount => (int)Weight.shape[0];

    /// <summary>Length D of a feature.</summary>
    public int FeatureLength => (int)Weight.shape[1];

    /// <summary>Logits of features.</summary>
    /// <param name="features">Rows as the backbone gives them, shape [B, D], any floating type, any device.</param>
    /// <returns>Shape [B, K], float64, on the CPU. The caller's scope owns it.</returns>
    public Tensor Logits(Tensor features) => features.cpu().to(ScalarType.Float64).matmul(Weight.t()) + Bias;

    /// <inheritdoc/>
    public void Dispose()
    {
        Weight.Dispose();
        Bias.Dispose();
    }
}
