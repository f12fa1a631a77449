namespace MoodStream.Mood.Verification;

/// <summary>One part of a golden kit: a folder of reference inputs and outputs of one layout.</summary>
/// <remarks>
/// A section reads whatever cases it finds; nothing in it depends on the names, seeds or sizes of one kit. A damaged or
/// missing file becomes a row with a problem, never an exception and never silence.
/// </remarks>
public interface IGoldenSection
{
    /// <summary>Name of the folder.</summary>
    string Name { get; }

    /// <summary>Computes every row, in the order of the kit.</summary>
    /// <param name="folder">The section's folder; it exists.</param>
    IEnumerable<GoldenRow> Verify(string folder);
}
