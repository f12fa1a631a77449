using System.CommandLine;
using MoodStream.Cli.Datasets;
using MoodStream.Cli.Features;
using MoodStream.Cli.Scoring;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Evaluation;
using MoodStream.Mood.Vision;

namespace MoodStream.Cli.Evaluation;

/// <summary><c>mood evaluate</c>: the paper's protocols on the user's own sets.</summary>
internal static class EvaluateCommand
{
    private static readonly string[] Protocols =
    [
        MultiClassProtocol.Name, OneClassProtocol.Name, NearOodProtocol.Name, OutlierExposureProtocol.Name,
        LocalisationEvaluation.Protocol,
    ];

    private static readonly Option<string> Protocol = new("--protocol")
    {
        Description = $"{MultiClassProtocol.Name}: the whole ID set against each OOD set; {OneClassProtocol.Name}: each "
            + $"class of the ID set against all others; {NearOodProtocol.Name}: some classes of the ID set held out as OOD; "
            + $"{OutlierExposureProtocol.Name}: beside them, probes that were shown a few OOD images; "
            + $"{LocalisationEvaluation.Protocol}: heat maps against masks of defects.",
        DefaultValueFactory = _ => MultiClassProtocol.Name,
    };

    private static readonly Option<bool> ListDatasets = new("--list-datasets")
    {
        Description = "List the data sets that are known by name, where they are looked for and how to get them; "
            + "then end.",
    };

    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create()
    {
        var command = new Command("evaluate",
            "Compare detectors: AUROC, FPR@95TPR (ID positive), AUPR, beside the pixel floor.") { Protocol };
        foreach (var option in EvaluationOptions.All) command.Add(option);
        command.Add(ListDatasets);
        foreach (var option in LocalisationEvaluation.Options) command.Add(option);
        command.Add(Json);
        return command.Runs((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(ListDatasets)) return List(parsed);
        var protocol = parsed.GetRequiredValue(Protocol);
        if (!Protocols.Contains(protocol))
            throw new CliException(
                $"--protocol is '{protocol}'; known are {string.Join(", ", Protocols)}.", ExitCode.WrongUsage);
        return protocol == LocalisationEvaluation.Protocol
            ? Localise(parsed, cancellation)
            : Compare(parsed, protocol, cancellation);
    }

    private static int Compare(ParseResult parsed, string protocol, CancellationToken cancellation)
    {
        var (detectors, areNamed) = DetectorNames.ParseChosen(parsed.GetRequiredValue(EvaluationOptions.Detectors));
        var comparison = new DetectorComparison(parsed, protocol, detectors, areNamed);
        var (backbones, poolings) = (EvaluationOptions.BackbonesOf(parsed), EvaluationOptions.PoolingsOf(parsed));
        var data = DatasetChoice.Open(parsed, protocol);
        var compared = new List<ComparedBackbone>();
        var refused = new List<EvaluationSkip>();
        foreach (var (name, path) in backbones)
            foreach (var pooling in Possible(parsed, (name, path), poolings, refused))
            {
                using var backbone = Backbone.Load(
                    path, inputSize: parsed.GetValue(EvaluationOptions.InputSize), pooling: pooling,
                    precision: BackboneFile.PrecisionOf(parsed, EvaluationOptions.Precision),
                    shrinkOnLoad: parsed.GetValue(EvaluationOptions.ShrinkOnLoad));
                var variant = NameOf(name, pooling, poolings.Poolings.Count);
                compared.Add(comparison.Run(variant, backbone, data, cancellation));
            }
        if (compared.Count == 0) throw new CliException(refused[0].Reason);
        var result = EvaluationResult.Of(parsed, data, compared, refused);
        EvaluationTables.Print(result);
        JsonReport.Write(parsed.GetValue(Json), result, EvaluationJson.Types.EvaluationResult);
        if (parsed.GetValue(EvaluationOptions.Report) is { } page)
        {
            EvaluationPage.Write(page, result, data, compared);
            Console.WriteLine($"report: {page.FullName}");
        }
        return ExitCode.Ok;
    }

    /// <summary>The poolings that a backbone can have; the others are an error where they were named, else
    /// noted.</summary>
    private static IReadOnlyList<FeaturePooling?> Possible(
        ParseResult parsed, (string Name, string Path) asked,
        (IReadOnlyList<FeaturePooling?> Poolings, bool AreNamed) poolings, List<EvaluationSkip> refused)
    {
        if (poolings.Poolings is [null]) return poolings.Poolings;
        using var trained = Backbone.Load(asked.Path, inputSize: parsed.GetValue(EvaluationOptions.InputSize));
        var possible = new List<FeaturePooling?>();
        foreach (var pooling in poolings.Poolings)
        {
            if (pooling is not { } chosen || trained.RefusalOf(chosen) is not { } refusal) possible.Add(pooling);
            else if (poolings.AreNamed) throw new CliException($"{asked.Name}: {refusal}");
            else
                refused.Add(new EvaluationSkip(refusal)
                {
                    Backbone = NameOf(asked.Name, pooling, poolings.Poolings.Count),
                });
        }
        return possible;
    }

    private static string NameOf(string backbone, FeaturePooling? pooling, int poolings) => poolings == 1
        ? backbone
        : $"{backbone}/{pooling?.ToString() ?? EvaluationOptions.AsTrained}";

    private static int List(ParseResult parsed)
    {
        var listing = DatasetListing.Of(parsed);
        listing.Print();
        JsonReport.Write(parsed.GetValue(Json), listing, DatasetJson.Types.DatasetListing);
        return ExitCode.Ok;
    }

    private static int Localise(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(EvaluationOptions.IdTrain) is not { } idTrain)
            throw new CliException(
                $"The protocol {LocalisationEvaluation.Protocol} needs --id-train DATASET.", ExitCode.WrongUsage);
        var backbones = EvaluationOptions.BackbonesOf(parsed);
        if (backbones.Count > 1)
            throw new CliException($"The protocol {LocalisationEvaluation.Protocol} takes one --backbone.", ExitCode.WrongUsage);
        using var backbone = Backbone.Load(
            backbones[0].Path, inputSize: parsed.GetValue(EvaluationOptions.InputSize),
            precision: BackboneFile.PrecisionOf(parsed, EvaluationOptions.Precision),
            shrinkOnLoad: parsed.GetValue(EvaluationOptions.ShrinkOnLoad));
        var result = LocalisationEvaluation.Run(parsed, idTrain, backbone, cancellation);
        LocalisationTables.Print(result);
        JsonReport.Write(parsed.GetValue(Json), result, EvaluationJson.Types.LocalisationResult);
        return ExitCode.Ok;
    }
}
