namespace MoodStream.Mood.Localisation;

/// <summary>How the patches of an image lie: row by row, from the top left.</summary>
/// <param name="Rows">Rows of patches, at least 1.</param>
/// <param name="Columns">Columns of patches, at least 1.</param>
public readonly record struct PatchGrid(int Rows, int Columns)
{
    /// <summary>Number of patches P.</summary>
    public int Count => Rows * Columns;

    /// <inheritdoc/>
    public override string ToString() => $"{Rows} × {Columns}";
}
