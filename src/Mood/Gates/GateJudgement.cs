namespace MoodStream.Mood.Gates;

/// <summary>What a gate says about one image.</summary>
/// <param name="Score">OOD score; larger is further out; NaN or infinite if the image cannot be judged.</param>
/// <param name="PValue">Conformal p-value, in (0, 1]; NaN if the image cannot be judged.</param>
/// <param name="Accepted">Whether the score is at most the threshold; with a marginal promise that is, the p-value above
/// the promised false-alarm rate, and with a PAC one above a smaller rate. Never, if the image cannot be judged.</param>
/// <param name="NearestClass">Nearest class, from 0; null where the statistics know one class only, or if the image
/// cannot be judged.</param>
public readonly record struct GateJudgement(double Score, double PValue, bool Accepted, int? NearestClass)
{
    /// <summary>Whether the image could be judged: its score is a number.</summary>
    public bool Finite => double.IsFinite(Score);
}
