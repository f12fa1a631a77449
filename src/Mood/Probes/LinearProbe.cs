using MoodStream.Mood.Statistics;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Mood.Probes;

/// <summary>How a probe is fitted.</summary>
public sealed record LinearProbeSettings
{
    /// <summary>Weight of the squared length of W on standardised features, above 0. Default 1e-3.</summary>
    public double WeightDecay { get; init; } = 1e-3;

    /// <summary>Most steps. Default 500.</summary>
    public int MaxSteps { get; init; } = 500;

    /// <summary>Largest absolute derivative at which the fit is done. Default 1e-5.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>Whether each class weighs alike, however many rows it has; otherwise each row. Default no.</summary>
    public bool BalancesClasses { get; init; }
}

/// <summary>
/// Multinomial logistic regression on frozen features: the least classifier, so that a backbone without one can be
/// looked at through logits, and a quick look at what its features know.
/// </summary>
/// <remarks>
/// Minimises Σ_i w_i · (−log softmax(W x_i + b)[y_i]) / Σ_i w_i + (λ/2)·‖W‖², with x standardised by column, by
/// Nesterov's accelerated gradient with the step that the largest curvature allows; the standardisation is then folded
/// into W and b. Source: Bishop 2006, "Pattern Recognition and Machine Learning", section 4.3.4; Nesterov 2004,
/// "Introductory Lectures on Convex Optimization", scheme 2.2.22; curvature bound: Böhning 1992. float64 throughout.
/// Cost: O(steps·N·D·K). Thread-safety: pure.
/// </remarks>
public static class LinearProbe
{
    /// <summary>No softmax bends more than this along any direction of its logits.</summary>
    private const double LargestSoftmaxCurvature = 0.5;

    /// <summary>A column that varies less than this share of its size is constant.</summary>
    private const double NoSpread = 1e-12;

    /// <summary>Fits a probe.</summary>
    /// <param name="features">Rows, shape [N, D], any floating type.</param>
    /// <param name="labels">Class of each row, shape [N], int64, values 0..K−1, each present, K at least 2.</param>
    /// <param name="settings">How; null for the defaults.</param>
    /// <returns>Logits of raw features, as the backbone gives them. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes disagree, or a type is wrong.</exception>
    /// <exception cref="StatisticsException">A row is not finite, there are fewer than two classes, or one has no
    /// row.</exception>
    public static LinearClassifier Fit(Tensor features, Tensor labels, LinearProbeSettings? settings = null)
    {
        settings ??= new LinearProbeSettings();
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var rows = FeatureRows.Finite(features).cpu();                           // [N, D]
        var classes = FeatureRows.RequireLabels(labels, rows.shape[0]);
        if (classes < 2) throw new StatisticsException(StatisticsFault.TooFewClasses, "A probe tells two classes apart at the least.");
        var counts = labels.cpu().bincount(null, minlength: classes);
        FeatureRows.RequireEveryClass(counts);
        var mean = rows.mean([0L]);                                              // [D]
        var spread = SpreadOf(rows, mean);                                       // [D]
        var standard = (rows - mean) / spread;                                   // [N, D]
        var weights = WeightsOf(labels.cpu(), counts, settings.BalancesClasses); // [N], of sum 1
        var (weight, bias) = Minimise(standard, nn.functional.one_hot(labels.cpu(), classes).to(ScalarType.Float64), weights, settings);
        var folded = weight / spread;                                            // [K, D]
        return new LinearClassifier(folded, bias - folded.matmul(mean));
    }

    /// <summary>Share of rows whose largest logit is that of their class.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="features">Rows, shape [N, D], any floating type.</param>
    /// <param name="labels">Class of each row, shape [N], int64.</param>
    public static double AccuracyOf(LinearClassifier classifier, Tensor features, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return classifier.Logits(FeatureRows.Finite(features)).argmax(1).eq(labels.cpu()).to(ScalarType.Float64).mean().item<double>();
    }

    private static Tensor SpreadOf(Tensor rows, Tensor mean)
    {
        var spread = (rows - mean).square().mean([0L]).sqrt();
        var floor = NoSpread * rows.abs().amax([0L]);
        return spread.where(spread.gt(floor), ones_like(spread));
    }

    private static Tensor WeightsOf(Tensor labels, Tensor counts, bool balanced)
    {
        if (!balanced) return full(labels.shape, 1.0 / labels.shape[0], ScalarType.Float64);
        return (1.0 / counts.shape[0] / counts.to(ScalarType.Float64)).index_select(0, labels);
    }

    /// <summary>Accelerated gradient; x carries a column of ones for b, which is not decayed.</summary>
    private static (Tensor Weight, Tensor Bias) Minimise(
        Tensor rows, Tensor targets, Tensor weights, LinearProbeSettings settings)
    {
        var (dimension, weighted) = (rows.shape[1], weights.unsqueeze(1));
        var x = cat([rows, ones(rows.shape[0], 1, ScalarType.Float64)], 1);      // [N, D + 1]
        var decay = cat([full([dimension], settings.WeightDecay, ScalarType.Float64), zeros(1, ScalarType.Float64)]);
        var curvature = linalg.eigvalsh(x.t().matmul(x * weighted)).max().item<double>();
        var step = 1 / (LargestSoftmaxCurvature * curvature + settings.WeightDecay);
        var here = zeros([targets.shape[1], dimension + 1], ScalarType.Float64).DetachFromDisposeScope();
        var ahead = here.clone().DetachFromDisposeScope();
        for (var (i, inertia) = (0, 1.0); i < settings.MaxSteps; i++)
        {
            using var scope = NewDisposeScope();
            var error = (x.matmul(ahead.t()).softmax(1) - targets) * weighted;   // [N, K]
            var slope = error.t().matmul(x) + ahead * decay;                     // [K, D + 1]
            if (slope.abs().max().item<double>() <= settings.Tolerance) break;
            var next = ahead - slope * step;
            var momentum = (1 + Math.Sqrt(1 + 4 * inertia * inertia)) / 2;
            var further = next + (next - here) * ((inertia - 1) / momentum);
            here.Dispose();
            ahead.Dispose();
            (here, ahead, inertia) = (next.DetachFromDisposeScope(), further.DetachFromDisposeScope(), momentum);
        }
        here.Dispose();
        using (ahead) return (ahead.slice(1, 0, dimension, 1).clone(), ahead.select(1, dimension).clone());
    }
}
