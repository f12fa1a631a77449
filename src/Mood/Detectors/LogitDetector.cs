using static TorchSharp.torch;

namespace MoodStream.Mood.Detectors;

/// <summary>
/// A score of the classifier's logits. The training rows play no part but to say what a feature looks like; the
/// classifier is kept, so that a scorer needs nothing more. With a classifier of one output most scores are constant.
/// </summary>
/// <param name="name">The name by which it is chosen and stored.</param>
/// <param name="score">The formula; see <see cref="LogitScores"/>.</param>
public sealed class LogitDetector(string name, LogitScore score) : FormulaDetector(name, FeatureScaling.None)
{
    /// <inheritdoc/>
    public override bool NeedsClassifier => true;

    internal override IEnumerable<(string Name, Tensor Value)> FitState(TrainingRows rows) =>
        StoredState.Of(rows.Classifier!, rows.Rows.device);

    internal override long RequireState(StoredState state) => state.RequireClassifier();

    internal override long ColumnsOf(StoredState state) => state.ClassifierOutputs;

    internal override Tensor ScoreRows(StoredState state, Tensor rows) => score(state.Logits(rows), rows);
}
