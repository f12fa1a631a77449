using MoodStream.Mood.Gates;

namespace MoodStream.Mood.Refit;

/// <summary>What a refit is compared with. Nothing here is owned.</summary>
/// <param name="Active">The version that judges now: a refit must not separate worse.</param>
/// <param name="Approved">
/// The last version that a person approved, often the active one: a refit must not lie far from it. Comparing with this
/// one, and not with the last refit, is what catches poisoning by small steps.
/// </param>
public sealed record RefitReference(GateStatistics Active, GateStatistics Approved)
{
    /// <summary>Refuses references whose features mean something else than the candidate's.</summary>
    /// <exception cref="ArgumentException">A reference has no Gaussian, or was made with another detector, model,
    /// preprocessing or dimension.</exception>
    internal void Require(GateStatistics candidate)
    {
        RequireComparable(Active, candidate, "active");
        RequireComparable(Approved, candidate, "approved");
    }

    private static void RequireComparable(GateStatistics reference, GateStatistics candidate, string which)
    {
        var difference = candidate.Provenance.DifferenceFrom(reference.Provenance.ModelHash, reference.Provenance.PreprocessingHash);
        if (difference is null && reference.Detector.Detector.Name != candidate.Detector.Detector.Name)
            difference = $"are of {candidate.Detector.Detector}, not {reference.Detector.Detector}";
        if (difference is null && reference.FeatureDimension != candidate.FeatureDimension)
            difference = $"are of {candidate.FeatureDimension} features, not {reference.FeatureDimension}";
        if (difference is not null)
            throw new ArgumentException($"The new statistics {difference} as the {which} version: fit a gate anew with mood fit.");
    }
}
