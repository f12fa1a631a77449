using System.Diagnostics.CodeAnalysis;

namespace MoodStream.Mood.Localisation;

/// <summary>What is shared between the positions of the patch grid. A closed list; stored by name.</summary>
public enum PatchGaussianKind
{
    /// <summary>One mean and one covariance for all positions: a patch may look like any patch of any image.</summary>
    Pooled,

    /// <summary>A mean for each position, one covariance for all: [P, D] means and [D, D].</summary>
    PositionCentred,

    /// <summary>A mean and a covariance for each position, [P, D, D]: for parts that always lie alike.</summary>
    PerPosition,
}

/// <summary>The kinds of patch Gaussian by the names under which they are chosen and stored.</summary>
public static class PatchGaussianKinds
{
    /// <summary>
    /// The kind used where none is named. Chosen on grounds, not on results: its memory is bounded at any input size,
    /// it
    /// can be fitted to few images, and unlike a pooled one it does not spend its covariance on positions.
    /// </summary>
    public const PatchGaussianKind Usual = PatchGaussianKind.PositionCentred;

    /// <summary>All kinds, from the one that shares most.</summary>
    public static IReadOnlyList<PatchGaussianKind> All { get; } =
        [PatchGaussianKind.Pooled, PatchGaussianKind.PositionCentred, PatchGaussianKind.PerPosition];

    /// <summary>The name of a kind.</summary>
    public static string Name(this PatchGaussianKind kind) => kind switch
    {
        PatchGaussianKind.Pooled => "pooled",
        PatchGaussianKind.PositionCentred => "position-centred",
        PatchGaussianKind.PerPosition => "per-position",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of patch Gaussian."),
    };

    /// <summary>Finds a kind by its exact name.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out PatchGaussianKind? kind)
    {
        kind = null;
        foreach (var known in All)
            if (known.Name() == name) kind = known;
        return kind is not null;
    }
}
