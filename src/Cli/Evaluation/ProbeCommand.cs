using System.CommandLine;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Probes;
using MoodStream.Mood.Vision;
using Spectre.Console;

namespace MoodStream.Cli.Evaluation;

/// <summary>How well simple rules tell the classes of a labelled set apart on a backbone's features.</summary>
internal sealed record ProbeResult(
    string Backbone, string ModelHash, int Train, int Test, int Classes, int Neighbours, double NeighbourAccuracy, double LinearAccuracy,
    double Chance);

/// <summary><c>mood probe</c>: a quick look at a backbone, by nearest neighbours and by a linear classifier.</summary>
internal static class ProbeCommand
{
    private static readonly Option<string> Train = Labelled("--train", "Labelled images to learn from");
    private static readonly Option<string> Test = Labelled("--test", "Labelled images, of the same classes, to test with");
    private static readonly Option<int> Neighbours = new("--neighbours") { Description = "How many neighbours vote.", DefaultValueFactory = _ => 20 };
    private static readonly Option<bool> SkipDamaged = new("--skip-damaged") { Description = "Leave out images that cannot be decoded, instead of stopping." };
    private static readonly Option<FileInfo?> BackboneOption = BackboneFile.Option();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("probe", "A quick look at a backbone: accuracy of nearest neighbours and of a linear classifier.")
    {
        Train, Test, Neighbours, SkipDamaged, BackboneOption, Json,
    }.Runs((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var (train, test) = (DatasetName.Open(parsed.GetRequiredValue(Train)), DatasetName.Open(parsed.GetRequiredValue(Test)));
        if (train.ClassNames.Count < 2 || !train.ClassNames.SequenceEqual(test.ClassNames))
            throw new CliException($"--train has {train.ClassNames.Count} classes and --test {test.ClassNames.Count}; both need the same, two at least.");
        using var backbone = BackboneFile.Load(parsed.GetValue(BackboneOption), inputSize: null);
        var extraction = new FeatureExtraction(backbone);
        using var seen = extraction.ExtractWithProgress(train, parsed.GetValue(SkipDamaged), cancellation);
        using var unseen = extraction.ExtractWithProgress(test, parsed.GetValue(SkipDamaged), cancellation);
        var result = Measure(backbone, seen, unseen, train.ClassNames.Count, parsed.GetValue(Neighbours)) with
        {
            Backbone = BackboneFile.PathOf(parsed.GetValue(BackboneOption)),
        };
        Tables.Write(new Table().AddColumns("probe", "accuracy")
            .AddRow($"{result.Neighbours} nearest neighbours", $"{result.NeighbourAccuracy:P2}")
            .AddRow("linear", $"{result.LinearAccuracy:P2}")
            .AddRow("chance", $"{result.Chance:P2}"));
        JsonReport.Write(parsed.GetValue(Json), result, EvaluationJson.Types.ProbeResult);
        return ExitCode.Ok;
    }

    private static ProbeResult Measure(Backbone backbone, ExtractedSet seen, ExtractedSet unseen, int classes, int asked)
    {
        var neighbours = Math.Min(asked, seen.Places.Count);
        using var linear = LinearProbe.Fit(seen.Features, seen.Labels!);
        return new(
            "", backbone.ModelHash, seen.Places.Count, unseen.Places.Count, classes, neighbours,
            NeighbourProbe.AccuracyOf(seen.Features, seen.Labels!, unseen.Features, unseen.Labels!, neighbours),
            LinearProbe.AccuracyOf(linear, unseen.Features, unseen.Labels!), 1.0 / classes);
    }

    private static Option<string> Labelled(string name, string description) => new(name)
    {
        Description = $"{description}: {DatasetName.Forms}.", Required = true, HelpName = "DATASET",
    };
}
