using System.CommandLine;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Datasets.Named;
using MoodStream.Mood.Evaluation;

namespace MoodStream.Cli.Evaluation;

/// <summary>An OOD set that was asked for.</summary>
/// <param name="Name">Name in the results.</param>
/// <param name="Dataset">Where its images lie; null: it is one that is known by its name.</param>
internal sealed record AskedOod(string Name, string? Dataset);

/// <summary>Opens the data sets that the command line asks for.</summary>
internal static class DatasetChoice
{
    private const string IdTrainName = "id-train";
    private const string IdTestName = "id-test";

    /// <summary>Opens them; those that are named and not on this machine are left out.</summary>
    /// <exception cref="CliException">Options contradict each other, or what has to be there is not.</exception>
    /// <exception cref="DatasetException">A data set cannot be opened.</exception>
    public static EvaluationDatasets Open(ParseResult parsed, string protocol)
    {
        var asked = AskedOf(parsed);
        RequireFit(protocol, asked);
        var named = parsed.GetValue(EvaluationOptions.Id) is not null || asked.Any(a => a.Dataset is null)
            ? new NamedSets(parsed)
            : null;
        var (train, test) = IdOf(parsed, protocol, named);
        var (oods, missing) = (new List<EvaluatedDataset>(), new List<MissingDataset>());
        foreach (var ood in asked)
        {
            if (ood.Dataset is { } dataset) oods.Add(EvaluatedDataset.Of(ood.Name, DatasetName.Open(dataset)));
            else if (named!.Lack(ood.Name) is { } lack) missing.Add(new(ood.Name, lack));
            else oods.Add(EvaluatedDataset.Of(ood.Name, named.Ood(ood.Name)));
        }
        if (asked.Count > 0 && oods.Count == 0)
            throw new CliException($"No OOD set is on this machine. {string.Join(' ', missing.Select(m => m.Reason))}");
        foreach (var one in missing) Console.Error.WriteLine($"skipped {one.Reason}");
        return new(train, test, oods, missing);
    }

    private static List<AskedOod> AskedOf(ParseResult parsed)
    {
        var asked = (parsed.GetValue(EvaluationOptions.Ood) ?? []).SelectMany(Asked).ToList();
        return asked.GroupBy(o => o.Name).FirstOrDefault(g => g.Count() > 1)?.Key is { } twice
            ? throw new CliException($"Two OOD sets are called {twice}.", ExitCode.WrongUsage)
            : asked;
    }

    private static IEnumerable<AskedOod> Asked(string text)
    {
        if (!text.Contains('=', StringComparison.Ordinal))
            return text.Split(',', StringSplitOptions.TrimEntries).Select(name => DatasetCatalogue.IsName(name)
                ? new AskedOod(name, null)
                : throw new CliException(
                    $"--ood has '{name}', which is no name of a data set; images of your own are {EvaluationOptions.OwnOodForm}.",
                    ExitCode.WrongUsage));
        var (own, dataset) = NamedValue.Parse("--ood", text, EvaluationOptions.OwnOodForm);
        return [new AskedOod(own, dataset)];
    }

    private static void RequireFit(string protocol, List<AskedOod> asked)
    {
        var needsOod = protocol is MultiClassProtocol.Name or OutlierExposureProtocol.Name;
        if (needsOod && asked.Count == 0)
            throw new CliException(
                $"The protocol {protocol} needs at least one --ood {EvaluationOptions.OwnOodForm}, or --ood with names of data sets.",
                ExitCode.WrongUsage);
        if (!needsOod && asked.Count > 0)
            throw new CliException(
                $"The protocol {protocol} takes its OOD images from the ID classes; leave --ood out.", ExitCode.WrongUsage);
    }

    private static (EvaluatedDataset Train, EvaluatedDataset Test) IdOf(ParseResult parsed, string protocol, NamedSets? named)
    {
        var (train, test) = (parsed.GetValue(EvaluationOptions.IdTrain), parsed.GetValue(EvaluationOptions.IdTest));
        if (parsed.GetValue(EvaluationOptions.Id) is { } name)
        {
            if (train is not null || test is not null)
                throw new CliException("--id stands for --id-train and --id-test; leave those out.", ExitCode.WrongUsage);
            var (namedTrain, namedTest) = named!.Id(name);
            return (Labelled(IdTrainName, namedTrain), Labelled(IdTestName, namedTest));
        }
        if (train is null || test is null)
            throw new CliException(
                $"The protocol {protocol} needs --id-train DATASET and --id-test DATASET, or --id NAME.", ExitCode.WrongUsage);
        return (Labelled(IdTrainName, DatasetName.Open(train)), Labelled(IdTestName, DatasetName.Open(test)));

        EvaluatedDataset Labelled(string set, IImageDataset images) => EvaluatedDataset.Of(
            set, parsed.GetValue(EvaluationOptions.Superclasses) ? SuperclassLabels.Of(images) : images);
    }
}
