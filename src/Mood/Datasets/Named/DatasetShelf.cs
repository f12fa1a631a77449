using System.Text;
using MoodStream.Mood.Imaging;

namespace MoodStream.Mood.Datasets.Named;

/// <summary>The folder under which the files of named data sets lie.</summary>
/// <param name="root">The folder.</param>
public sealed class DatasetShelf(string root)
{
    private const int MostNamed = 3;

    /// <summary>Full path of the folder.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Files and folders of a part that are not there; empty if all are.</summary>
    public IReadOnlyList<string> Missing(DatasetDescription description, string split) =>
        [.. description.Wanted(split).Select(w => Path.Combine(Root, w)).Where(w => !Path.Exists(w))];

    /// <summary>Why a part cannot be used, and how to get it; null where it is there.</summary>
    public string? Lack(DatasetDescription description, string split)
    {
        var missing = Missing(description, split);
        if (missing.Count == 0) return null;
        var more = missing.Count > MostNamed ? $" and {missing.Count - MostNamed} more" : "";
        return $"{description.Name} ({description.Title}) is not on this machine: {string.Join(", ", missing.Take(MostNamed))}{more} "
            + $"{(missing.Count == 1 ? "is" : "are")} missing. {description.Get} Home: {description.Home} "
            + $"(licence: {description.Licence}).";
    }

    /// <summary>Opens a part that is there.</summary>
    /// <exception cref="DatasetException">A file is damaged, or a list names an image that is not there.</exception>
    public IImageDataset Open(DatasetDescription description, string split)
    {
        var place = description.Splits[split];
        if (place.MatFile is { } file) return MatImages.Open(Path.Combine(Root, file));
        if (place.CifarFiles.Count > 0)
            return CifarBinary.Open(
                [.. place.CifarFiles.Select(f => Path.Combine(Root, f))],
                description.ClassNames.Count > 0 ? description.ClassNames : null);
        var folder = Path.Combine(Root, place.Folder!);
        if (description.ClassFolders.Count > 0)
            return ImageFolder.OpenClasses(folder, description.ClassFolders, DecodeSettings.Default);
        return place.List is { } list
            ? ImageFolder.OpenListed(folder, Listed(Path.Combine(Root, list), place.ListEnding), DecodeSettings.Default)
            : ImageFolder.Open(folder, DecodeSettings.Default);
    }

    /// <summary>Folders that lie among the class folders of a part and belong to no class of it.</summary>
    public IReadOnlyList<string> Ignored(DatasetDescription description, string split)
    {
        if (description.ClassFolders.Count == 0) return [];
        var known = description.ClassFolders.Select(c => c.Folder).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. Directory.EnumerateDirectories(Path.Combine(Root, description.Splits[split].Folder!))
                .Select(d => Path.GetFileName(d)).Where(d => !known.Contains(d)).Order(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<string> Listed(string list, string ending) =>
        Encoding.UTF8.GetString(DatasetFiles.ReadAll(list))
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#')
            .Select(line => line.Split([' ', '\t'], 2)[0] + ending);
}
