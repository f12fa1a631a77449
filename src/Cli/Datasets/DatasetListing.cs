using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets.Named;
using Spectre.Console;

namespace MoodStream.Cli.Datasets;

/// <summary>A part of a named data set, and what of it is not there.</summary>
internal sealed record ListedSplit(string Split, bool Present, IReadOnlyList<string> Missing);

/// <summary>A data set that is known by name.</summary>
internal sealed record ListedDataset(
    string Name, string Title, bool Present, IReadOnlyList<ListedSplit> Splits, string Home, string Licence, string Get);

/// <summary>All data sets that are known by name, and where they are looked for.</summary>
internal sealed record DatasetListing(string? Root, IReadOnlyList<ListedDataset> Datasets)
{
    /// <summary>Looks for each data set.</summary>
    public static DatasetListing Of(ParseResult parsed)
    {
        var shelf = NamedDatasets.ShelfOf(parsed);
        return new(shelf?.Root, [.. NamedDatasets.CatalogueOf(shelf).All.Select(d => Of(d, shelf))]);
    }

    /// <summary>Prints the list.</summary>
    public void Print()
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("name", "part", "here", "what", "licence");
        foreach (var set in Datasets)
            foreach (var split in set.Splits)
                table.AddRow(
                    Markup.Escape(set.Name), split.Split, split.Present ? "[bold]yes[/]" : "no", Markup.Escape(set.Title),
                    Markup.Escape(set.Licence));
        Tables.Write(table);
        Console.WriteLine(Root is null
            ? $"Nothing was looked for: pass {NamedDatasets.Root.Name} DIR, or set {NamedDatasets.RootVariable}."
            : $"Looked for in {Root}.");
        foreach (var set in Datasets.Where(s => !s.Present))
            Console.WriteLine($"{set.Name}: {set.Get} {set.Home} -> {string.Join(", ", set.Splits.SelectMany(s => s.Missing.Take(1)).Distinct())}");
    }

    private static ListedDataset Of(DatasetDescription description, DatasetShelf? shelf)
    {
        ListedSplit[] splits =
        [
            .. description.Splits.Keys.Select(split =>
            {
                // Without a folder to look into, paths are shown as they lie below one.
                var missing = shelf?.Missing(description, split) ?? description.Wanted(split);
                return new ListedSplit(split, missing.Count == 0, missing);
            }),
        ];
        return new(
            description.Name, description.Title, splits.All(s => s.Present), splits, description.Home, description.Licence,
            description.Get);
    }
}
