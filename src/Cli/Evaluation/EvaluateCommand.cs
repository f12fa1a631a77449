using System.CommandLine;
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

    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create()
    {
        var command = new Command("evaluate",
            "Compare detectors: AUROC, FPR@95TPR (ID positive), AUPR, beside the pixel floor.") { Protocol };
        foreach (var option in EvaluationOptions.All) command.Add(option);
        foreach (var option in LocalisationEvaluation.Options) command.Add(option);
        command.Add(Json);
        return command.Runs((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
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
        var data = DataOf(parsed, protocol);
        var compared = new List<ComparedBackbone>();
        foreach (var (name, path) in EvaluationOptions.BackbonesOf(parsed))
        {
            using var backbone = Backbone.Load(path, inputSize: parsed.GetValue(EvaluationOptions.InputSize));
            compared.Add(comparison.Run(name, backbone, data, cancellation));
        }
        var result = EvaluationResult.Of(parsed, data, compared);
        EvaluationTables.Print(result);
        JsonReport.Write(parsed.GetValue(Json), result, JsonReport.Types.EvaluationResult);
        if (parsed.GetValue(EvaluationOptions.Report) is { } page)
        {
            EvaluationPage.Write(page, result, data, compared);
            Console.WriteLine($"report: {page.FullName}");
        }
        return ExitCode.Ok;
    }

    private static EvaluationDatasets DataOf(ParseResult parsed, string protocol)
    {
        var oods = (parsed.GetValue(EvaluationOptions.Ood) ?? [])
            .Select(o => NamedValue.Parse("--ood", o, "NAME=DATASET")).ToArray();
        if (parsed.GetValue(EvaluationOptions.IdTest) is not { } idTest)
            throw new CliException($"The protocol {protocol} needs --id-test DATASET.", ExitCode.WrongUsage);
        var needsOod = protocol == MultiClassProtocol.Name || protocol == OutlierExposureProtocol.Name;
        if (needsOod && oods.Length == 0)
            throw new CliException($"The protocol {protocol} needs at least one --ood NAME=DATASET.", ExitCode.WrongUsage);
        if (!needsOod && oods.Length > 0)
            throw new CliException(
                $"The protocol {protocol} takes its OOD images from the classes of --id-test; leave --ood out.", ExitCode.WrongUsage);
        var twice = oods.GroupBy(o => o.Name).FirstOrDefault(g => g.Count() > 1)?.Key;
        if (twice is not null) throw new CliException($"Two OOD sets are called {twice}.", ExitCode.WrongUsage);
        return new EvaluationDatasets(
            EvaluatedDataset.Open("id-train", parsed.GetRequiredValue(EvaluationOptions.IdTrain)),
            EvaluatedDataset.Open("id-test", idTest), [.. oods.Select(o => EvaluatedDataset.Open(o.Name, o.Value))]);
    }

    private static int Localise(ParseResult parsed, CancellationToken cancellation)
    {
        var backbones = EvaluationOptions.BackbonesOf(parsed);
        if (backbones.Count > 1)
            throw new CliException($"The protocol {LocalisationEvaluation.Protocol} takes one --backbone.", ExitCode.WrongUsage);
        using var backbone = Backbone.Load(backbones[0].Path, inputSize: parsed.GetValue(EvaluationOptions.InputSize));
        var result = LocalisationEvaluation.Run(
            parsed, parsed.GetRequiredValue(EvaluationOptions.IdTrain), backbone, cancellation);
        LocalisationTables.Print(result);
        JsonReport.Write(parsed.GetValue(Json), result, JsonReport.Types.LocalisationResult);
        return ExitCode.Ok;
    }
}
