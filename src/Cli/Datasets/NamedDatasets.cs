using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Datasets.Named;

namespace MoodStream.Cli.Datasets;

/// <summary>Data sets by name: their descriptions, which come with the product, and the folder their files lie in.</summary>
internal static class NamedDatasets
{
    /// <summary>Environment variable that stands in for <see cref="Root"/>.</summary>
    public const string RootVariable = "MOODSTREAM_DATASETS";

    public static readonly Option<DirectoryInfo?> Root = new("--datasets-root")
    {
        Description = $"Folder of the data sets that are named; default: ${RootVariable}. Own descriptions, "
            + $"NAME{DatasetCatalogue.OwnEnding}, may lie in it.",
        HelpName = "DIR",
    };

    private static string Shipped => Path.Combine(AppContext.BaseDirectory, "datasets");

    /// <summary>The folder asked for; null where there is neither option nor variable.</summary>
    public static DatasetShelf? ShelfOf(ParseResult parsed)
    {
        var asked = parsed.GetValue(Root)?.FullName ?? Environment.GetEnvironmentVariable(RootVariable);
        return string.IsNullOrEmpty(asked) ? null : new DatasetShelf(asked);
    }

    /// <summary>The folder asked for.</summary>
    /// <exception cref="CliException">None was asked for, or there is none.</exception>
    public static DatasetShelf RequireShelf(ParseResult parsed)
    {
        var shelf = ShelfOf(parsed) ?? throw new CliException(
            $"Data sets are named, yet not where they lie: pass {Root.Name} DIR, or set {RootVariable}.", ExitCode.WrongUsage);
        return Directory.Exists(shelf.Root)
            ? shelf
            : throw new CliException($"{shelf.Root}: there is no such folder of data sets.", ExitCode.WrongUsage);
    }

    /// <summary>All data sets that are known by name.</summary>
    /// <exception cref="DatasetException">A description is wrong.</exception>
    public static DatasetCatalogue CatalogueOf(DatasetShelf? shelf) => DatasetCatalogue.Open(Shipped, shelf?.Root);
}
