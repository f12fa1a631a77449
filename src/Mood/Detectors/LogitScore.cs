using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>A score of logits l [B, K] and the features f [B, D] behind them, shape [B]; larger is further out.</summary>
/// <param name="logits">Logits l = W f + b, shape [B, K], float64.</param>
/// <param name="features">Features f, shape [B, D], float64.</param>
/// <returns>Scores, shape [B], float64. The caller's scope owns them.</returns>
public delegate Tensor LogitScore(Tensor logits, Tensor features);

/// <summary>The scores that need nothing but a classifier. With p = softmax(l).</summary>
public static class LogitScores
{
    /// <summary>
    /// Maximum softmax probability: 1 − max_k p_k, in [0, 1). Summed over the other classes, so that it keeps telling
    /// very sure images apart.
    /// </summary>
    /// <remarks>
    /// Source: Hendrycks and Gimpel 2017, "A Baseline for Detecting Misclassified and Out-of-Distribution Examples in
    /// Neural Networks", arXiv:1610.02136. Differs: nothing.
    /// </remarks>
    public static LogitScore MaxSoftmax { get; } = (logits, _) =>
    {
        var (largest, index) = logits.max(1, keepdim: true);                     // [B, 1] each
        var others = (logits - largest).exp_().scatter_(1, index, zeros_like(largest)).sum(1);
        return others / (others + 1);                                            // [B]
    };

    /// <summary>Maximum logit: −max_k l_k.</summary>
    /// <remarks>
    /// Source: Hendrycks et al. 2022, "Scaling Out-of-Distribution Detection for Real-World Settings",
    /// arXiv:1911.11132. Differs: nothing. It is what the MOOD release computes under the name "softmax".
    /// </remarks>
    public static LogitScore MaxLogit { get; } = (logits, _) => logits.amax([1L]).neg();

    /// <summary>Entropy of the softmax: −Σ_k p_k ln p_k, in [0, ln K].</summary>
    /// <remarks>Source: the MOOD release (Li et al. 2023), metric "entropy". Differs: nothing.</remarks>
    public static LogitScore Entropy { get; } = (logits, _) =>
    {
        var logs = nn.functional.log_softmax(logits, 1);                         // [B, K]
        return (logs.exp() * logs).sum(1).neg();                                 // [B]
    };

    /// <summary>Free energy at temperature T: −T ln Σ_k exp(l_k / T).</summary>
    /// <param name="temperature">T, above 0. Published tables use 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0.</exception>
    /// <remarks>
    /// Source: Liu et al. 2020, "Energy-based Out-of-distribution Detection", eq. (4), arXiv:2010.03759.
    /// Differs: by log-sum-exp, where the MOOD release overflows.
    /// </remarks>
    public static LogitScore Energy(double temperature = 1)
    {
        if (!(temperature > 0)) throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "Not above 0.");
        return (logits, _) => (logits / temperature).logsumexp(1) * -temperature;
    }

    /// <summary>
    /// GradNorm: −‖∂L/∂W‖₁ with L = −Σ_k ln p_k. In closed form ∂L/∂W = (K p − 1) fᵀ, so that the norm is
    /// (Σ_k |K p_k − 1|) (Σ_j |f_j|), without any gradient.
    /// </summary>
    /// <remarks>
    /// Source: Huang, Geng and Li 2021, "On the Importance of Gradients for Detecting Distributional Shifts in the Wild",
    /// eq. (8), arXiv:2110.00218, with the target of all ones that its program uses (K times the paper's uniform one).
    /// Differs: one value for each image, where the MOOD release gives one for each batch of 16.
    /// </remarks>
    public static LogitScore GradNorm { get; } = (logits, features) =>
    {
        var residue = (nn.functional.softmax(logits, 1) * logits.shape[1] - 1).abs().sum(1);       // [B]
        return residue * features.abs().sum(1) * -1;                                               // [B]
    };

    /// <summary>Generalised entropy of the M largest probabilities: Σ p^γ (1 − p)^γ.</summary>
    /// <param name="gamma">γ, in (0, 1).</param>
    /// <param name="largest">M, at least 1; all classes where there are fewer.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    /// <remarks>
    /// Source: Liu, Lochman and Zach 2023, "GEN: Pushing the Limits of Softmax-Based Out-of-Distribution Detection",
    /// eq. (2), CVPR 2023. Differs: nothing.
    /// </remarks>
    public static LogitScore GeneralisedEntropy(double gamma, int largest)
    {
        if (!(gamma is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "Outside (0, 1).");
        ArgumentOutOfRangeException.ThrowIfLessThan(largest, 1);
        return (logits, _) =>
        {
            var kept = (int)Math.Min(largest, logits.shape[1]);
            var probabilities = nn.functional.softmax(logits, 1).topk(kept, 1).values;             // [B, M]
            return (probabilities * (1 - probabilities)).pow(gamma).sum(1);                        // [B]
        };
    }
}
