using MoodStream.Mood.Statistics;
using MoodStream.Mood.Vision;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>
/// A detector whose fit is some named tensors, and whose score is one formula of a row and those tensors. Each kind says
/// only these two; checks, chunks, rows that cannot be scored and storage are the same for all.
/// </summary>
public abstract class FormulaDetector : Detector
{
    private protected FormulaDetector(string name, FeatureScaling scaling) : base(name, DetectorInput.Features) => Scaling = scaling;

    /// <summary>What is done to the length of each row before anything else.</summary>
    public FeatureScaling Scaling { get; }

    /// <inheritdoc/>
    public override bool UsesLabels => false;

    /// <inheritdoc/>
    public sealed override FittedDetector Fit(Tensor inputs, Tensor? labels = null, LinearClassifier? classifier = null)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var rows = TrainingRows.Of(this, Scaling, inputs, labels, classifier);
        return new FittedFormula(this, FitState(rows).Append(StoredState.Of(new FitDiagnostics(0, rows.Count, 1))));
    }

    /// <inheritdoc/>
    public sealed override FittedDetector Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        using var gradientless = no_grad();
        var stored = new StoredState(state);
        stored.ReadDiagnostics();
        RequireState(stored);
        stored.RequireNothingElse();
        return new FittedFormula(this, state.Select(s => (s.Key, s.Value.clone())));
    }

    /// <summary>The tensors that describe the rows, float64; the caller's scope owns them.</summary>
    /// <exception cref="StatisticsException">The rows do not allow a fit.</exception>
    internal abstract IEnumerable<(string Name, Tensor Value)> FitState(TrainingRows rows);

    /// <summary>Asks for every tensor of a state with its shape.</summary>
    /// <returns>Number of features D of a row.</returns>
    /// <exception cref="StatisticsException">The state is incomplete or contradicts itself.</exception>
    internal abstract long RequireState(StoredState state);

    /// <summary>Values per row of the widest temporary that a score makes, beside the row itself.</summary>
    internal virtual long ColumnsOf(StoredState state) => 1;

    /// <summary>Scores of rows.</summary>
    /// <param name="state">What <see cref="FitState"/> made.</param>
    /// <param name="rows">Scaled rows, shape [B, D], float64, finite.</param>
    /// <returns>Scores, shape [B], float64; larger is further out. The caller's scope owns them.</returns>
    internal abstract Tensor ScoreRows(StoredState state, Tensor rows);
}
