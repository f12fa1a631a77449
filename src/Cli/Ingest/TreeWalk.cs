namespace MoodStream.Cli.Ingest;

/// <summary>The image files below a folder in an order that never changes, so that one path says how far a walk has come.</summary>
/// <remarks>
/// Order: entries of a folder by the code units of their names, folders and files together, depth first. Memory: the names of the
/// folders on the way to the present file. Links to folders are not followed, since they may lead in circles.
/// </remarks>
internal static class TreeWalk
{
    /// <summary>Paths below the root with forward slashes, in order.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="after">The last path that is done; null from the beginning. It need not exist any more.</param>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be read.</exception>
    public static IEnumerable<string> Files(string root, string? after = null) => Below(root, "", after);

    private static IEnumerable<string> Below(string root, string folder, string? after)
    {
        var (first, rest) = Split(after);
        foreach (var entry in new DirectoryInfo(Path.Combine(root, folder)).EnumerateFileSystemInfos().OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            var order = first is null ? 1 : string.CompareOrdinal(entry.Name, first);
            if (order < 0) continue;
            var path = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
            if (entry is DirectoryInfo { LinkTarget: null })
                foreach (var file in Below(root, path, order == 0 ? rest : null)) yield return file;
            else if (order > 0 && entry is FileInfo && ImageFile.IsImage(entry.Name))
                yield return path;
        }
    }

    private static (string? First, string? Below) Split(string? path)
    {
        if (path is null) return (null, null);
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (path, null) : (path[..slash], path[(slash + 1)..]);
    }
}
