namespace MoodStream.Mood.Training;

/// <summary>Targets that give each wrong class a little: q_k = (1 − α) 1[k = y] + α / K.</summary>
/// <param name="Alpha">α, in [0, 1).</param>
/// <param name="Classes">K, at least 2.</param>
/// <remarks>
/// Source: Szegedy et al. 2016, "Rethinking the Inception Architecture", §7. With it a run whose labels are all equal (one
/// class, K outputs) keeps a gradient: its loss has a floor above 0, reached at a finite gap of the logits.
/// </remarks>
public sealed record LabelSmoothing(double Alpha, int Classes)
{
    private double OnTarget => 1 - Alpha + Alpha / Classes;

    private double OffTarget => Alpha / Classes;

    /// <summary>Smallest cross-entropy that any logits can reach; 0 without smoothing.</summary>
    public double LossFloor => Alpha == 0 ? 0 : -(OnTarget * Math.Log(OnTarget) + (Classes - 1) * OffTarget * Math.Log(OffTarget));

    /// <summary>Gap between the target's logit and the others at which the floor is reached; infinite without smoothing.</summary>
    public double OptimalLogitGap => Math.Log(OnTarget / OffTarget);
}
