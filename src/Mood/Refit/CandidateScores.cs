using MoodStream.Mood.Detectors;
using static TorchSharp.torch;

namespace MoodStream.Mood.Refit;

/// <summary>Scores that the guards share: rows that cannot be scored are counted and left out.</summary>
/// <param name="Fresh">Scores of the fresh rows by the candidate.</param>
/// <param name="Ood">Scores of the OOD rows by the candidate.</param>
/// <param name="ActiveFresh">Scores of the fresh rows by the active version; empty without one.</param>
/// <param name="ActiveOod">Scores of the OOD rows by the active version; empty without one.</param>
/// <param name="Unscored">Rows that the candidate could not score.</param>
internal sealed record CandidateScores(
    double[] Fresh, double[] Ood, double[] ActiveFresh, double[] ActiveOod, int Unscored)
{
    /// <summary>Scores the rows of a candidate.</summary>
    public static CandidateScores Of(RefitCandidate candidate, RefitReference? reference)
    {
        var (fresh, unscoredFresh) = Score(candidate.Statistics.Detector, candidate.FreshInputs);
        var (ood, unscoredOod) = Score(candidate.Statistics.Detector, candidate.OodInputs);
        return new CandidateScores(
            fresh, ood,
            Score(reference?.Active.Detector, candidate.FreshInputs).Scores,
            Score(reference?.Active.Detector, candidate.OodInputs).Scores,
            unscoredFresh + unscoredOod);
    }

    private static (double[] Scores, int Unscored) Score(FittedDetector? detector, Tensor? rows)
    {
        if (detector is null || rows is null || rows.shape[0] == 0) return ([], 0);
        var scores = detector.Score(rows).Scores;
        double[] finite = [.. scores.Where(double.IsFinite)];
        return (finite, scores.Length - finite.Length);
    }
}
