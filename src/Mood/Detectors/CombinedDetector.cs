using MoodStream.Mood.Statistics;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>How two conformal p-values become one score.</summary>
public enum PValueRule
{
    /// <summary>Fisher: −2 (ln p₁ + ln p₂). Both views count.</summary>
    Fisher,

    /// <summary>−ln min(p₁, p₂): the more alarmed of the two decides.</summary>
    Maximum,

    /// <summary>−ln max(p₁, p₂): only what alarms both counts.</summary>
    Minimum,
}

/// <summary>
/// Two detectors as one: each score becomes a conformal p-value, which has the same meaning for both, and the two are
/// combined. Named <c>fisher(a,b)</c>, <c>maximum(a,b)</c> or <c>minimum(a,b)</c>.
/// </summary>
/// <remarks>
/// A fit holds out a quarter of the rows of each class (rounded down, so that no class vanishes) to calibrate, drawn in
/// <see cref="ContentOrder"/>, and fits both detectors to the rest; the p-values of n rows held out are multiples of
/// 1 / (n + 1), so beyond all of them scores tie. What is calibrated further out, a gate's threshold for instance, needs
/// rows of its own.
/// Source: Fisher 1932, "Statistical Methods for Research Workers", section 21.1; Bates et al. 2023, "Testing for
/// outliers with conformal p-values", arXiv:2104.08279.
/// Differs: the two p-values of one image depend on each other, so −2 Σ ln p is used as a score and not as χ².
/// </remarks>
public sealed class CombinedDetector : Detector
{
    /// <summary>One row in so many is held out.</summary>
    public const int HeldOutOneIn = 4;

    /// <summary>Makes a combination of two.</summary>
    /// <param name="rule">How the p-values are combined.</param>
    /// <param name="first">One detector; no combination itself.</param>
    /// <param name="second">Another; no combination itself.</param>
    /// <exception cref="ArgumentException">One is a combination, or both are the same.</exception>
    public CombinedDetector(PValueRule rule, Detector first, Detector second)
        : base($"{NameOf(rule)}({first},{second})", InputOf(first, second))
    {
        if (first is CombinedDetector || second is CombinedDetector)
            throw new ArgumentException("A combination is of two detectors that are none themselves.", nameof(first));
        if (first.Name == second.Name)
            throw new ArgumentException($"A combination of {first} with itself says nothing new.", nameof(second));
        (Rule, First, Second) = (rule, first, second);
    }

    /// <summary>How the p-values are combined.</summary>
    public PValueRule Rule { get; }

    /// <summary>The first of the two.</summary>
    public Detector First { get; }

    /// <summary>The second of the two.</summary>
    public Detector Second { get; }

    /// <inheritdoc/>
    public override bool UsesLabels => First.UsesLabels || Second.UsesLabels;

    /// <inheritdoc/>
    public override bool NeedsClassifier => First.NeedsClassifier || Second.NeedsClassifier;

    /// <inheritdoc/>
    public override int FewestClasses => Math.Max(First.FewestClasses, Second.FewestClasses);

    /// <summary>The word for a rule in a name.</summary>
    public static string NameOf(PValueRule rule) => rule switch
    {
        PValueRule.Fisher => "fisher",
        PValueRule.Maximum => "maximum",
        _ => "minimum",
    };

    /// <inheritdoc/>
    public override FittedDetector Fit(Tensor inputs, Tensor? labels = null, LinearClassifier? classifier = null)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var rows = FeatureRows.Finite(inputs);                                   // [N, D]
        if (rows.shape[0] == 0)
            throw new StatisticsException(StatisticsFault.NoRows, $"There is no row to fit {this} to: the set of images is empty.");
        var classes = labels is null ? 1 : FeatureRows.RequireLabels(labels, rows.shape[0]);
        if (Lacks(classes, classifier) is { } lacking)
            throw NeedsClassifier && classifier is null
                ? new ArgumentException(lacking, nameof(classifier))
                : new StatisticsException(StatisticsFault.TooFewClasses, lacking);
        var (fit, held) = Split(rows, labels);
        Tensor fitted = rows.index_select(0, fit), calibrating = rows.index_select(0, held);
        var fitLabels = labels?.to(rows.device).index_select(0, fit);
        var first = First.Fit(FittedCombination.Part(fitted, this, First), fitLabels, classifier);
        try
        {
            var second = Second.Fit(FittedCombination.Part(fitted, this, Second), fitLabels, classifier);
            return FittedCombination.Calibrated(this, first, second, calibrating);
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override FittedDetector Restore(IReadOnlyDictionary<string, Tensor> state) => FittedCombination.Restore(this, state);

    private (Tensor Fit, Tensor Held) Split(Tensor rows, Tensor? labels)
    {
        var classOf = labels?.cpu().data<long>().ToArray() ?? new long[rows.shape[0]];
        var groups = ContentOrder.Of(rows, seed: 0).GroupBy(i => classOf[i]).OrderBy(g => g.Key).Select(g => g.ToArray()).ToArray();
        long[] held = [.. groups.SelectMany(g => g[..(g.Length / HeldOutOneIn)])];
        long[] fit = [.. groups.SelectMany(g => g[(g.Length / HeldOutOneIn)..])];
        if (held.Length == 0)
            throw new StatisticsException(
                StatisticsFault.TooFewRows,
                $"{Name} holds out one row in {HeldOutOneIn} of each class, and no class has so many: give more images.");
        return (tensor(fit).to(rows.device), tensor(held).to(rows.device));
    }

    private static DetectorInput InputOf(Detector first, Detector second) =>
        first.Input == second.Input ? first.Input : DetectorInput.FeaturesAndPixels;
}
