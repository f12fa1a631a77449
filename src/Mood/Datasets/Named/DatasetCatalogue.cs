using System.Text.RegularExpressions;

namespace MoodStream.Mood.Datasets.Named;

/// <summary>All data sets that are known by name.</summary>
public sealed partial class DatasetCatalogue
{
    private const string ShippedEnding = ".json";

    /// <summary>What the names of a user's own descriptions end in: other JSON files may lie beside images.</summary>
    public const string OwnEnding = ".dataset.json";

    private readonly Dictionary<string, DatasetDescription> _byName;

    private DatasetCatalogue(IEnumerable<DatasetDescription> all) =>
        _byName = all.ToDictionary(d => d.Name, StringComparer.Ordinal);

    /// <summary>The data sets, by name.</summary>
    public IReadOnlyList<DatasetDescription> All => [.. _byName.Values.OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>Reads all descriptions: those that come with the product, and the user's own.</summary>
    /// <param name="shipped">Folder in which every <c>.json</c> file describes a data set.</param>
    /// <param name="root">Folder of data sets, in which <c>NAME.dataset.json</c> describes one more; null for
    /// none.</param>
    /// <exception cref="DatasetException">Something is wrong with a description; the message lists every problem with its
    /// file and field.</exception>
    public static DatasetCatalogue Open(string shipped, string? root)
    {
        var files = Files(shipped, ShippedEnding).Concat(root is null ? [] : Files(root, OwnEnding)).ToArray();
        var problems = new List<string>();
        var read = files.Select(f => DescriptionFile.Read(f.Path, f.Name, problems)).OfType<DatasetDescription>().ToArray();
        foreach (var twice in files.GroupBy(f => f.Name).Where(g => g.Count() > 1))
            problems.Add($"{twice.Last().Path}: name {twice.Key} is that of {twice.First().Path} already.");
        foreach (var (name, other) in read.SelectMany(d => d.Overlaps.Keys.Select(other => (d.Name, other))))
            if (files.All(f => f.Name != other))
                problems.Add($"{PathOf(name)}: overlaps.{other} is no data set that is described.");
        return problems.Count == 0 ? new(read) : throw new DatasetException(string.Join(" ", problems));

        string PathOf(string name) => files.Where(f => f.Name == name).Select(f => f.Path).FirstOrDefault(name);
    }

    /// <summary>The data set of a name.</summary>
    /// <exception cref="DatasetException">There is none; the message lists those there are.</exception>
    public DatasetDescription Get(string name) => _byName.TryGetValue(name, out var found)
        ? found
        : throw new DatasetException(
            $"'{name}' is no data set that is known by name. Known are {string.Join(", ", All.Select(d => d.Name))}.");

    /// <summary>Whether a text can be the name of a data set: lower-case letters, digits, and hyphens between
    /// them.</summary>
    public static bool IsName(string text) => PlainName().IsMatch(text);

    private static IEnumerable<(string Path, string Name)> Files(string folder, string ending) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*" + ending).Order(StringComparer.Ordinal)
                .Select(p => (p, Path.GetFileName(p)[..^ending.Length]))
            : [];

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex PlainName();
}
