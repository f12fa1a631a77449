namespace MoodStream.Mood.Evaluation;

/// <summary>How far an evaluation is.</summary>
/// <param name="Done">Steps finished.</param>
/// <param name="Total">Steps in all.</param>
/// <param name="Step">The step that was finished last.</param>
public readonly record struct EvaluationProgress(int Done, int Total, string Step);
