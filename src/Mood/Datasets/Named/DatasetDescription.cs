namespace MoodStream.Mood.Datasets.Named;

/// <summary>A public data set as a small file describes it: where it comes from, and where its files are looked
/// for.</summary>
public sealed record DatasetDescription
{
    /// <summary>Name on the command line and in results: lower-case letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, for people.</summary>
    public required string Title { get; init; }

    /// <summary>Address of its home page, where it is to be had.</summary>
    public required string Home { get; init; }

    /// <summary>What its publisher allows, in a few words.</summary>
    public required string Licence { get; init; }

    /// <summary>What to do so that its files lie where they are looked for, in a sentence.</summary>
    public required string Get { get; init; }

    /// <summary>Parts by name: <see cref="SplitName.Train"/> and <see cref="SplitName.Test"/>, or
    /// <see cref="SplitName.All"/> alone.</summary>
    public required IReadOnlyDictionary<string, DatasetSplit> Splits { get; init; }

    /// <summary>Names of the classes by number, for files that have numbers only; empty where the files tell.</summary>
    public IReadOnlyList<string> ClassNames { get; init; } = [];

    /// <summary>Folder and name of each class, where only these folders belong to the set; empty: every folder is a
    /// class of its own name.</summary>
    public IReadOnlyList<(string Folder, string Name)> ClassFolders { get; init; } = [];

    /// <summary>Classes of other data sets that this one has too, by the name of the data set: where this set is
    /// in-distribution, they are not out-of-distribution.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Overlaps { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The part to fit to; null where there is none.</summary>
    public string? TrainSplit => Splits.ContainsKey(SplitName.Train) ? SplitName.Train : null;

    /// <summary>The part to test with.</summary>
    public string TestSplit => Splits.ContainsKey(SplitName.Test) ? SplitName.Test : Splits.Keys.First();

    /// <summary>Files and folders that a part consists of, below the folder of data sets.</summary>
    public IReadOnlyList<string> Wanted(string split)
    {
        var place = Splits[split];
        return place.Folder is { } folder && ClassFolders.Count > 0
            ? [.. ClassFolders.Select(c => Path.Combine(folder, c.Folder))]
            : place.List is { } list ? [.. place.Places, list] : place.Places;
    }
}

/// <summary>Names of parts.</summary>
public static class SplitName
{
    /// <summary>Images to fit to.</summary>
    public const string Train = "train";

    /// <summary>Images to test with.</summary>
    public const string Test = "test";

    /// <summary>All images, where the set has no parts, or the usual protocols take it whole.</summary>
    public const string All = "all";
}

/// <summary>Where the images of a part lie, below the folder of data sets: CIFAR files, a MATLAB file, or a
/// folder.</summary>
public sealed record DatasetSplit
{
    /// <summary>Files in a binary layout of CIFAR, in order; empty for others.</summary>
    public IReadOnlyList<string> CifarFiles { get; init; } = [];

    /// <summary>MATLAB file as SVHN has them; null for others.</summary>
    public string? MatFile { get; init; }

    /// <summary>Folder of image files; null for others.</summary>
    public string? Folder { get; init; }

    /// <summary>The files, or the folder.</summary>
    public IReadOnlyList<string> Places => [.. CifarFiles, .. new[] { MatFile, Folder }.OfType<string>()];

    /// <summary>File whose lines begin with the path of an image below the folder; null: all images below it.</summary>
    public string? List { get; init; }

    /// <summary>What the list leaves out at the end of each path, such as <c>.jpg</c>; empty for nothing.</summary>
    public string ListEnding { get; init; } = "";
}
