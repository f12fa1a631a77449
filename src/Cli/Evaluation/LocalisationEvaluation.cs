using System.CommandLine;
using MoodStream.Cli.Localisation;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Localisation;
using MoodStream.Mood.Metrics;
using MoodStream.Mood.Vision;

namespace MoodStream.Cli.Evaluation;

/// <summary><c>mood evaluate --protocol localisation</c>: how well heat maps find the defects that masks
/// mark.</summary>
internal static class LocalisationEvaluation
{
    /// <summary>Name of the protocol.</summary>
    public const string Protocol = "localisation";

    /// <summary>Share of the training images held out for the log density and the colours.</summary>
    private const double HeldOutShare = 0.2;

    private static readonly Option<string?> Test = new("--test")
    {
        Description = "Localisation: test images in class folders, one of them in-distribution.",
        HelpName = "folder:DIR",
    };

    private static readonly Option<DirectoryInfo?> Masks = new("--ground-truth")
    {
        Description = "Localisation: masks, CLASS/NAME_mask.png for CLASS/NAME.png.", HelpName = "DIR",
    };

    private static readonly Option<FileInfo?> Pairs = new("--mask-pairs")
    {
        Description = "Localisation: table image,mask where names do not say which mask belongs to which image.",
        HelpName = "FILE.csv",
    };

    private static readonly Option<string?> IdClass = new("--id-class")
    {
        Description =
            "Localisation: class folder of the in-distribution test images. Default: good, or the only one without masks.",
        HelpName = "NAME",
    };

    private static readonly Option<string> Kinds = PatchOptions.Kinds();
    private static readonly Option<double> Smoothing = PatchOptions.Smoothing();
    private static readonly Option<DirectoryInfo?> HeatMaps =
        PatchOptions.Folder("Localisation: write the heat map of each test image here, of the first patch Gaussian.");

    /// <summary>The options that only this protocol has.</summary>
    public static IReadOnlyList<Option> Options { get; } = [Test, Masks, Pairs, IdClass, Kinds, Smoothing, HeatMaps];

    /// <summary>Runs the protocol.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="idTrain">In-distribution images to fit to.</param>
    /// <param name="backbone">The backbone.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="CliException">An option is missing or wrong, or an image cannot be decoded.</exception>
    /// <exception cref="DatasetException">A mask is missing or does not fit.</exception>
    public static LocalisationResult Run(
        ParseResult parsed, string idTrain, Backbone backbone, CancellationToken cancellation)
    {
        var kinds = PatchOptions.ParseKinds(parsed.GetRequiredValue(Kinds));
        var smoothing = PatchOptions.RequireSmoothing(parsed.GetValue(Smoothing));
        var (train, test) = (DatasetName.Open(idTrain), OpenTest(parsed));
        var truth = GroundTruth.Open(test, new GroundTruthPlace(
            parsed.GetValue(Masks)?.FullName ?? throw Missing(Masks),
            parsed.GetValue(Pairs)?.FullName,
            parsed.GetValue(IdClass)));
        var folder = parsed.GetValue(HeatMaps) is { } asked ? new HeatMapFolder(asked, test) : null;
        var extraction = new PatchExtraction(backbone);
        var skipped = kinds.Select(k => PatchMoments.Refusal(k, extraction.Grid, extraction.Dimension)).OfType<string>()
            .ToArray();
        if (skipped.Length == kinds.Count) throw new CliException(skipped[0]);
        LocalisationMaps[] maps =
        [
            .. kinds.Where(k => PatchMoments.Refusal(k, extraction.Grid, extraction.Dimension) is null)
                .Select(k => new GaussianMaps(k, extraction)),
            new GreyMaps("grey-distance", extraction, (cells, values) => cells.Distance(values)),
            new GreyMaps("grey-difference", extraction, (cells, values) => cells.Difference(values)),
        ];
        try
        {
            var split = Fit(train, extraction, maps, cancellation);
            Tally(test, truth, extraction, maps, (smoothing, folder), cancellation);
            var pixels = maps[0].Tally.Metrics();
            return new LocalisationResult(
                Protocol, backbone.ModelHash, backbone.PreprocessingHash, extraction.Grid.Rows, extraction.Grid.Columns,
                smoothing,
                split.Fit.Count, split.Calibration.Count, pixels.IdCount, pixels.OodCount, pixels.Pixels.Regions,
                pixels.Pixels.OodPixels, pixels.Pixels.IdPixels, pixels.Pixels.FprLimit, truth.IdClass, skipped,
                [.. maps.Select(m => m.Row())]);
        }
        finally
        {
            foreach (var map in maps) map.Dispose();
        }
    }

    private static ImageFolder OpenTest(ParseResult parsed)
    {
        var name = parsed.GetValue(Test) ?? throw Missing(Test);
        return DatasetName.Open(name) as ImageFolder
            ?? throw new CliException($"--test is '{name}'; masks belong to image files: name a folder.",
                ExitCode.WrongUsage);
    }

    private static (IReadOnlyList<int> Fit, IReadOnlyList<int> Calibration) Fit(
        IImageDataset train, PatchExtraction extraction, LocalisationMaps[] maps, CancellationToken cancellation)
    {
        if (train.Count < 2)
            throw new CliException($"{train.Name} holds {train.Count} images; at least two are wanted.");
        var split = GateStatisticsFitter.Split(
            train.Count, new GateFitSettings { TargetFalseAlarmRate = HeldOutShare, CalibrationShare = HeldOutShare });
        extraction.Run(train, split.Fit, "images to fit to", batch => Array.ForEach(maps, m => m.Fit(batch)),
            cancellation);
        Array.ForEach(maps, m => m.EndFit());
        extraction.Run(train, split.Calibration, "held-out images", batch => Array.ForEach(maps, m => m.HoldOut(batch)),
            cancellation);
        return split;
    }

    private static void Tally(
        ImageFolder test, GroundTruth truth, PatchExtraction extraction, LocalisationMaps[] maps,
        (double Smoothing, HeatMapFolder? Folder) output, CancellationToken cancellation)
    {
        extraction.Run(test, [.. Enumerable.Range(0, test.Count)], "test images", batch =>
        {
            var regions = batch.Places.Select(
                (place, i) => RegionsOf(truth, place, batch.Images[i].Width, batch.Images[i].Height))
                .ToArray();
            for (var m = 0; m < maps.Length; m++)
            {
                var heat = maps[m].Of(batch);
                for (var i = 0; i < heat.Count; i++)
                {
                    var (map, image) = (heat[i].Smoothed(output.Smoothing), batch.Images[i]);
                    var pixels = map.Spread(extraction.Recipe, image.Width, image.Height);
                    maps[m].Tally.Add(map.Peak, pixels, regions[i]);
                    if (m == 0 && maps[m].Scale is { } scale)
                        output.Folder?.Write(batch.Places[i], image, pixels, scale);
                }
            }
        }, cancellation);
    }

    private static MaskRegions? RegionsOf(GroundTruth truth, int place, int width, int height) =>
        truth.Read(place, width, height) is { } mask ? MaskRegions.Of(mask, width) : null;

    private static CliException Missing(Option option) =>
        new($"The protocol {Protocol} needs {option.Name} {option.HelpName}.", ExitCode.WrongUsage);
}
