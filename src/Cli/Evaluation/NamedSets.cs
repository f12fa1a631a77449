using System.CommandLine;
using MoodStream.Cli.Datasets;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Datasets.Named;

namespace MoodStream.Cli.Evaluation;

/// <summary>Data sets of an evaluation that are known by their names.</summary>
internal sealed class NamedSets
{
    private const int MostNamed = 5;
    private readonly DatasetShelf _shelf;
    private readonly DatasetCatalogue _catalogue;
    private DatasetDescription? _id;

    /// <exception cref="CliException">It is not said where data sets lie.</exception>
    /// <exception cref="DatasetException">A description is wrong.</exception>
    public NamedSets(ParseResult parsed)
    {
        _shelf = NamedDatasets.RequireShelf(parsed);
        _catalogue = NamedDatasets.CatalogueOf(_shelf);
    }

    /// <summary>Both parts of the in-distribution set.</summary>
    /// <exception cref="CliException">It has no part to fit to, or is not on this machine.</exception>
    /// <exception cref="DatasetException">There is no such name, or it cannot be opened.</exception>
    public (IImageDataset Train, IImageDataset Test) Id(string name)
    {
        _id = _catalogue.Get(name);
        var train = _id.TrainSplit ?? throw new CliException(
            $"{name} has no part to fit to; it can be an OOD set only.", ExitCode.WrongUsage);
        if ((_shelf.Lack(_id, train) ?? _shelf.Lack(_id, _id.TestSplit)) is { } lack) throw new CliException(lack);
        return (Open(_id, train), Open(_id, _id.TestSplit));
    }

    /// <summary>Why an OOD set cannot be used, and how to get it; null where it is there.</summary>
    /// <exception cref="DatasetException">There is no such name.</exception>
    public string? Lack(string ood)
    {
        var description = _catalogue.Get(ood);
        return _shelf.Lack(description, description.TestSplit);
    }

    /// <summary>An OOD set that is there, without the classes that the in-distribution set has too.</summary>
    /// <exception cref="DatasetException">It cannot be opened.</exception>
    public IImageDataset Ood(string name)
    {
        var description = _catalogue.Get(name);
        var images = Open(description, description.TestSplit);
        if (_id is null || !_id.Overlaps.TryGetValue(name, out var shared)) return images;
        Console.Error.WriteLine($"{name}: without {string.Join(", ", shared)}, which {_id.Name} has too.");
        return ClassSelection.Without(images, shared);
    }

    private IImageDataset Open(DatasetDescription description, string split)
    {
        var ignored = _shelf.Ignored(description, split);
        if (ignored.Count > 0)
        {
            var more = ignored.Count > MostNamed ? $" and {ignored.Count - MostNamed} more" : "";
            Console.Error.WriteLine(
                $"{description.Name}, {split}: folders of no class of it are ignored: {string.Join(", ", ignored.Take(MostNamed))}{more}.");
        }
        return _shelf.Open(description, split);
    }
}
