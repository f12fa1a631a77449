namespace MoodStream.Mood.Metrics;

/// <summary>
/// Which of the numbers published as "FPR@95" is meant. They differ: never quote one without its convention.
/// </summary>
public enum FprConvention
{
    /// <summary>
    /// In-distribution is positive: the share of OOD images accepted at the smallest threshold that accepts at least
    /// the wanted share of ID images; a score equal to the threshold is accepted. The convention of this product.
    /// </summary>
    IdPositive,

    /// <summary>
    /// OOD is positive: the share of ID images flagged at the largest threshold that catches at least the wanted share
    /// of OOD images. What OpenOOD and pytorch-ood print.
    /// </summary>
    OodPositive,

    /// <summary>
    /// In-distribution is positive, the threshold is the linearly interpolated percentile of the ID scores, and only
    /// scores strictly below it are accepted. What the MOOD release prints; with ties it can be far below
    /// <see cref="IdPositive"/>.
    /// </summary>
    IdPositiveInterpolated,

    /// <summary>
    /// In-distribution is positive, the threshold is the floor(rate * n)-th smallest ID score, and scores equal to it
    /// are accepted. What the ViM and MOODv2 programs print; it may accept slightly less than the wanted share.
    /// </summary>
    IdPositiveRoundedDown,
}
