using System.CommandLine;
using System.Globalization;
using System.Text;
using MoodStream.Cli.Features;
using MoodStream.Cli.Localisation;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Vision;

namespace MoodStream.Cli.Scoring;

/// <summary>What <c>mood score</c> came to.</summary>
internal sealed record ScoreResult(
    string Images, int Accept, int Review, int Rejected, double PromisedFalseAlarmRate, double Threshold, string Gate,
    string ModelHash, HeatMapsResult? HeatMaps);

/// <summary>One line of the table that <c>mood score</c> writes.</summary>
internal sealed record ScoreRow(string Path, double? Score, double? PValue, string Verdict, string Reason);

/// <summary><c>mood score</c>: verdicts for a folder or data set, as the running gate would give them.</summary>
internal static class ScoreCommand
{
    private static readonly Option<FileInfo> Statistics = new("--statistics")
    {
        Description = "Statistics file that mood fit wrote.", Required = true, HelpName = "FILE",
    };

    private static readonly Option<string> Images = new("--images")
    {
        Description = $"Images to score: {DatasetName.Forms}.", Required = true, HelpName = "DATASET",
    };

    private static readonly Option<FileInfo> Csv = new("--csv")
    {
        Description = "Table to write: path, score, p_value, verdict (accept, review, reject), reason.",
        Required = true,
        HelpName = "FILE",
    };

    private static readonly Option<DirectoryInfo?> HeatMaps =
        PatchOptions.Folder("Write a heat map of each image here, as PNG; the statistics are of mood fit --patches.");

    private static readonly Option<double> Smoothing = PatchOptions.Smoothing();
    private static readonly Option<FileInfo?> BackboneOption = BackboneFile.Option();
    private static readonly Option<int?> InputSize = BackboneFile.InputSize("as trained");
    private static readonly Option<string> Precision = BackboneFile.Precision();
    private static readonly Option<bool> ShrinkOnLoad = BackboneFile.ShrinkOnLoad();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() =>
        new Command("score", "Score images with fitted statistics: a score, a p-value and a verdict for each.")
    {
        Statistics, Images, Csv, HeatMaps, Smoothing, BackboneOption, InputSize, Precision, ShrinkOnLoad, Json,
    }.Runs((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var smoothing = PatchOptions.RequireSmoothing(parsed.GetValue(Smoothing));
        using var statistics = GateStatistics.Open(parsed.GetRequiredValue(Statistics).FullName);
        using var backbone = BackboneFile.Load(
            parsed.GetValue(BackboneOption), parsed.GetValue(InputSize), BackboneFile.PrecisionOf(parsed, Precision),
            parsed.GetValue(ShrinkOnLoad));
        RequireSameModel(statistics, backbone);
        var dataset = DatasetName.Open(parsed.GetRequiredValue(Images));
        var extraction = new PatchExtraction(backbone);
        var folder = parsed.GetValue(HeatMaps) is { } asked ? new HeatMapFolder(asked, dataset) : null;
        var patches = folder is null ? null : HeatMapScoring.Require(statistics, extraction);
        using var set = ProgressBar.Run(
            dataset.Name, dataset.Count, advance => new FeatureExtraction(backbone)
                .Extract(dataset, advance, cancellation));
        var rows = Rows(statistics, dataset, set);
        WriteCsv(parsed.GetRequiredValue(Csv).FullName, rows);
        var heatMaps = folder is null
            ? null
            : HeatMapScoring.Write(extraction, patches!, dataset, set.Places, folder, smoothing, cancellation);

        var result = new ScoreResult(dataset.Name, Count("accept"), Count("review"), Count("reject"),
            statistics.TargetFalseAlarmRate, statistics.Threshold, statistics.Provenance.Gate, backbone.ModelHash,
            heatMaps);
        Tell(result, rows.Count, parsed.GetRequiredValue(Csv));
        JsonReport.Write(parsed.GetValue(Json), result, ScoringJson.Types.ScoreResult);
        return ExitCode.Ok;

        int Count(string verdict) => rows.Count(r => r.Verdict == verdict);
    }

    private static void Tell(ScoreResult result, int images, FileInfo csv)
    {
        Console.WriteLine(
            $"{images} images: {result.Accept} accept, {result.Review} review, {result.Rejected} rejected -> {csv}");
        if (result.HeatMaps is { } maps)
            Console.WriteLine(
                $"{maps.Count} heat maps of {maps.GridRows} × {maps.GridColumns} patches ({maps.PatchGaussian}), colours from "
                + $"{maps.ScaleLow:G4} to {maps.ScaleHigh:G4} -> {maps.Folder}");
    }

    private static void RequireSameModel(GateStatistics statistics, Backbone backbone)
    {
        if (statistics.Provenance.DifferenceFrom(backbone) is { } difference)
            throw new CliException($"The statistics {difference}. Pass the same --backbone, --input-size and --shrink-on-load as to mood fit.");
    }

    private static List<ScoreRow> Rows(GateStatistics statistics, IImageDataset dataset, ExtractedSet set)
    {
        var judgements = statistics.Judge(set.InputsOf(statistics.Detector.Detector));
        var rows = new ScoreRow[dataset.Count];
        for (var i = 0; i < judgements.Count; i++)
        {
            var (judged, path) = (judgements[i], dataset.IdOf(set.Places[i]));
            rows[set.Places[i]] = judged.Finite
                ? new(path, judged.Score, judged.PValue, judged.Accepted ? "accept" : "review", "")
                : new(path, null, null, "reject", "not-finite");
        }
        foreach (var (index, reason) in set.Damaged)
            rows[index] = new(dataset.IdOf(index), null, null, "reject", reason);
        return [.. rows];
    }

    private static void WriteCsv(string path, List<ScoreRow> rows)
    {
        var text = new StringBuilder("path,score,p_value,verdict,reason\n");
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture,
                $"{Quote(row.Path)},{row.Score:R},{row.PValue:R},{row.Verdict},{Quote(row.Reason)}\n");
        OutputFile.Write(path, () => File.WriteAllText(path, text.ToString()));
    }

    private static string Quote(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field
            : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
