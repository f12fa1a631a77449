using System.CommandLine;
using MoodStream.Cli.Features;
using MoodStream.Cli.Scoring;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Evaluation;
using MoodStream.Mood.Vision;

namespace MoodStream.Cli.Evaluation;

/// <summary><c>mood evaluate</c>: the paper's protocols on the user's own sets.</summary>
internal static class EvaluateCommand
{
    private const string MultiClass = "multi-class";
    private const string OneClass = "one-class";

    private static readonly Option<string> Protocol = new("--protocol")
    {
        Description = $"{MultiClass}: the whole ID set against each OOD set; {OneClass}: each class of the ID set against "
            + $"all others; {LocalisationEvaluation.Protocol}: heat maps against masks of defects.",
        DefaultValueFactory = _ => MultiClass,
    };

    private static readonly Option<string> IdTrain = new("--id-train")
    {
        Description = $"In-distribution images to fit to: {DatasetName.Forms}.", Required = true, HelpName = "DATASET",
    };

    private static readonly Option<string?> IdTest = new("--id-test")
    {
        Description = $"In-distribution images to test with; all protocols but {LocalisationEvaluation.Protocol}.",
        HelpName = "DATASET",
    };

    private static readonly Option<string[]> Ood = new("--ood")
    {
        Description = "Out-of-distribution images; may be given several times.", HelpName = "NAME=DATASET",
    };

    private static readonly Option<string> Detectors = DetectorNames.Several();

    private static readonly Option<bool> SkipDamaged = new("--skip-damaged")
    {
        Description = "Leave out images that cannot be decoded, instead of stopping.",
    };

    private static readonly Option<FileInfo?> BackboneOption = BackboneFile.Option();
    private static readonly Option<int?> InputSize = BackboneFile.InputSize("as trained");
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create()
    {
        var command = new Command("evaluate",
            "Compare detectors: AUROC, FPR@95TPR (ID positive), AUPR, beside the pixel floor.")
        {
            Protocol, IdTrain, IdTest, Ood, Detectors, SkipDamaged, BackboneOption, InputSize, Json,
        };
        foreach (var option in LocalisationEvaluation.Options) command.Add(option);
        return command.Runs((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var protocol = parsed.GetRequiredValue(Protocol);
        if (protocol == LocalisationEvaluation.Protocol) return Localise(parsed, cancellation);
        var oods = (parsed.GetValue(Ood) ?? []).Select(o => NamedValue.Parse("--ood", o, "NAME=DATASET")).ToArray();
        if (protocol is not (MultiClass or OneClass))
            throw new CliException(
                $"--protocol is '{protocol}'; known are {MultiClass}, {OneClass} and {LocalisationEvaluation.Protocol}.", ExitCode.WrongUsage);
        if (parsed.GetValue(IdTest) is not { } idTest)
            throw new CliException($"The protocol {protocol} needs --id-test DATASET.", ExitCode.WrongUsage);
        if (protocol == MultiClass && oods.Length == 0)
            throw new CliException($"The protocol {MultiClass} needs at least one --ood NAME=DATASET.",
                ExitCode.WrongUsage);
        var detectors = DetectorNames.ParseSeveral(parsed.GetRequiredValue(Detectors));

        using var backbone = BackboneFile.Load(parsed.GetValue(BackboneOption), parsed.GetValue(InputSize));
        using var sets = new SetsOfFeatures(backbone, parsed.GetValue(SkipDamaged), cancellation);
        var (train, test) = (sets.Open("id-train", parsed.GetRequiredValue(IdTrain)), sets.Open("id-test", idTest));
        var result = protocol == OneClass
            ? EvaluationTables.Of(OneClassProtocol.Run(train, test, detectors, cancellation: cancellation),
                backbone.ModelHash)
            : EvaluationTables.Of(
                MultiClassProtocol.Run(
                    train, test, [.. oods.Select(o => sets.Open(o.Name, o.Value))], detectors,
                        cancellation: cancellation),
                backbone.ModelHash);
        EvaluationTables.Print(result);
        JsonReport.Write(parsed.GetValue(Json), result, JsonReport.Types.EvaluationResult);
        return ExitCode.Ok;
    }

    private static int Localise(ParseResult parsed, CancellationToken cancellation)
    {
        using var backbone = BackboneFile.Load(parsed.GetValue(BackboneOption), parsed.GetValue(InputSize));
        var result = LocalisationEvaluation.Run(parsed, parsed.GetRequiredValue(IdTrain), backbone, cancellation);
        LocalisationTables.Print(result);
        JsonReport.Write(parsed.GetValue(Json), result, JsonReport.Types.LocalisationResult);
        return ExitCode.Ok;
    }
}

/// <summary>Data sets as rows of features, extracted once each and disposed together.</summary>
internal sealed class SetsOfFeatures(Backbone backbone, bool skipDamaged, CancellationToken cancellation) : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    public EvaluationSet Open(string name, string dataset)
    {
        var extracted = new FeatureExtraction(backbone)
            .ExtractWithProgress(DatasetName.Open(dataset), skipDamaged, cancellation);
        var set = new EvaluationSet(name, () => extracted.Features, () => extracted.Pixels, extracted.Labels);
        _owned.Add(extracted);
        return set;
    }

    public void Dispose() => _owned.ForEach(o => o.Dispose());
}
