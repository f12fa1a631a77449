using System.Text.Json;

namespace MoodStream.Mood.Datasets.Named;

/// <summary>Reads and checks one file that describes a data set.</summary>
internal static class DescriptionFile
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads it; everything that is wrong is added to the problems, with file and field.</summary>
    public static DatasetDescription? Read(string path, string name, List<string> problems)
    {
        try
        {
            using var json = JsonDocument.Parse(DatasetFiles.ReadAll(path), Strict);
            if (json.RootElement.ValueKind == JsonValueKind.Object) return Read(path, name, json.RootElement, problems);
            problems.Add($"{path}: is no JSON object.");
        }
        catch (JsonException e)
        {
            problems.Add($"{path}: is no JSON: {e.Message}");
        }
        return null;
    }

    private static DatasetDescription Read(string path, string name, JsonElement root, List<string> problems)
    {
        var fields = new DescriptionFields(path, "", root, problems);
        var description = new DatasetDescription
        {
            Name = fields.Text("name"), Title = fields.Text("title"), Home = fields.Text("home"),
            Licence = fields.Text("licence"), Get = fields.Text("get"), Splits = Splits(fields),
            ClassNames = fields.Texts("class_names"), ClassFolders = fields.TextByName("class_folders"),
            Overlaps = fields.TextsByName("overlaps"),
        };
        fields.RequireNothingElse();
        Check(description, name, fields);
        return description;
    }

    private static Dictionary<string, DatasetSplit> Splits(DescriptionFields fields)
    {
        var splits = new Dictionary<string, DatasetSplit>(StringComparer.Ordinal);
        foreach (var (name, split) in fields.Objects("splits"))
        {
            splits[name] = new DatasetSplit
            {
                CifarFiles = split.Paths("cifar"), MatFile = split.OptionalPath("mat"), Folder = split.OptionalPath("folder"),
                List = split.OptionalPath("list"), ListEnding = split.OptionalText("list_ending") ?? "",
            };
            split.RequireNothingElse();
            Check(name, splits[name], fields);
        }
        if (!splits.Keys.Order().SequenceEqual([SplitName.All])
            && !splits.Keys.Order().SequenceEqual([SplitName.Test, SplitName.Train]))
            fields.Problem("splits", $"has {(splits.Count == 0 ? "nothing" : string.Join(", ", splits.Keys))}; it has "
                + $"{SplitName.Train} and {SplitName.Test}, or {SplitName.All}");
        return splits;
    }

    private static void Check(string name, DatasetSplit split, DescriptionFields fields)
    {
        bool[] kinds = [split.CifarFiles.Count > 0, split.MatFile is not null, split.Folder is not null];
        if (kinds.Count(k => k) != 1)
            fields.Problem($"splits.{name}", $"has {kinds.Count(k => k)} of cifar, mat and folder; it has one of them");
        if (split.List is not null && split.Folder is null) fields.Problem($"splits.{name}.list", "stands without a folder");
        if (split.ListEnding.Length > 0 && split.List is null)
            fields.Problem($"splits.{name}.list_ending", "stands without a list");
    }

    private static void Check(DatasetDescription read, string name, DescriptionFields fields)
    {
        if (read.Name.Length > 0 && read.Name != name) fields.Problem("name", $"is '{read.Name}', yet the file is called {name}");
        if (read.Name.Length > 0 && !DatasetCatalogue.IsName(read.Name))
            fields.Problem("name", $"is '{read.Name}'; lower-case letters, digits and hyphens make a name");
        if (read.Home.Length > 0 && !(Uri.TryCreate(read.Home, UriKind.Absolute, out var home) && home.Scheme is "http" or "https"))
            fields.Problem("home", $"is '{read.Home}', which is no address of a page");
        var splits = read.Splits.Values;
        if (read.ClassNames.Count > 0 && splits.Any(s => s.CifarFiles.Count == 0))
            fields.Problem("class_names", "is for CIFAR files; others have names of their own, or class_folders");
        if (read.ClassFolders.Count > 0 && splits.Any(s => s.Folder is null || s.List is not null))
            fields.Problem("class_folders", "is for folders without a list");
    }
}
