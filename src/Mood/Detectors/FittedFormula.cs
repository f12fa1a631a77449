using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>A fitted <see cref="FormulaDetector"/>: its tensors.</summary>
internal sealed class FittedFormula : FittedDetector
{
    private readonly FormulaDetector _detector;
    private readonly StoredState _stored;
    private readonly Device _device;
    private readonly long _columns;

    /// <summary>Takes the tensors over.</summary>
    internal FittedFormula(FormulaDetector detector, IEnumerable<(string Name, Tensor Value)> state)
        : this(detector, state.ToDictionary(s => s.Name, s => s.Value.contiguous().DetachFromDisposeScope()))
    {
    }

    private FittedFormula(FormulaDetector detector, Dictionary<string, Tensor> state)
        : base(detector, new StoredState(state).ReadDiagnostics())
    {
        (_detector, State, _stored, _device) = (detector, state, new StoredState(state), state.Values.First().device);
        Dimension = (int)detector.RequireState(_stored);
        _columns = Math.Max(Dimension, detector.ColumnsOf(_stored));
    }

    /// <inheritdoc/>
    public override int Dimension { get; }

    /// <inheritdoc/>
    public override int ClassCount => 1;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State { get; }

    /// <inheritdoc/>
    public override DetectorScores Score(Tensor inputs)
    {
        RequireRows(inputs);
        var scores = new double[inputs.shape[0]];
        foreach (var (start, length) in RowChunks.Of(inputs.shape[0], _columns))
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            var wide = FeatureRows.Widened(inputs.narrow(0, start, length)).to(_device);           // [B, D]
            var scaled = _detector.Scaling.Apply(wide);                                            // [B, D]
            var unusable = scaled.isfinite().all(1).logical_not();                                 // [B]
            var safe = scaled.masked_fill(unusable.unsqueeze(1), 1);                               // [B, D]
            var results = _detector.ScoreRows(_stored, safe).masked_fill(unusable, double.NaN);    // [B]
            results.cpu().data<double>().CopyTo(scores.AsSpan((int)start));
        }
        return new DetectorScores(scores, null);
    }
}
