using System.CommandLine;
using MoodStream.Cli.Features;
using MoodStream.Cli.Localisation;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Gates;
using MoodStream.Mood.Localisation;

namespace MoodStream.Cli.Scoring;

/// <summary>What <c>mood fit</c> came to.</summary>
internal sealed record FitResult(
    string Gate, string Detector, string Data, int Images, int FitImages, int CalibrationImages, int Classes,
    double PromisedFalseAlarmRate, string Calibration, double? Confidence, double Threshold, double ShrinkageIntensity, string ModelHash,
    string PreprocessingHash,
    string Statistics, string? PatchGaussian);

/// <summary><c>mood fit</c>: statistics and threshold of a gate from in-distribution images.</summary>
internal static class FitCommand
{
    private static readonly Option<string> Gate = new("--gate")
    {
        Description = "Name of the gate.", DefaultValueFactory = _ => "default",
    };

    private static readonly Option<string> Id = new("--id")
    {
        Description = $"In-distribution images: {DatasetName.Forms}.", Required = true, HelpName = "DATASET",
    };

    private static readonly Option<FileInfo> Out = new("--out")
    {
        Description = "Statistics file to write (.safetensors).", Required = true, HelpName = "FILE",
    };

    private static readonly Option<double> Rate = new("--false-alarm-rate")
    {
        Description = "Promised share of in-distribution images sent to review, in (0, 1).",
        DefaultValueFactory = _ => 0.05,
    };

    private static readonly Option<string> Calibration = CalibrationOptions.Mode();
    private static readonly Option<double?> Confidence = CalibrationOptions.Confidence();

    private static readonly Option<string> DetectorOption = DetectorNames.Single();

    private static readonly Option<double> Share = new("--calibration-share")
    {
        Description = "Share of the images held out for the threshold, in (0, 1).", DefaultValueFactory = _ => 0.5,
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of the split.", DefaultValueFactory = _ => 0,
    };

    private static readonly Option<bool> OneClass = new("--one-class")
    {
        Description = "Ignore labels: one Gaussian for all images.",
    };

    private static readonly Option<bool> SkipDamaged = new("--skip-damaged")
    {
        Description = "Leave out images that cannot be decoded, instead of stopping.",
    };

    private static readonly Option<bool> Patches = new("--patches")
    {
        Description =
            "Also fit the patches of the images, so that mood score --heatmaps can show where an image is unusual.",
    };

    private static readonly Option<string> PatchKind = PatchOptions.Kind();
    private static readonly Option<FileInfo?> BackboneOption = BackboneFile.Option();
    private static readonly Option<int?> InputSize = BackboneFile.InputSize("as trained");
    private static readonly Option<string> Precision = BackboneFile.Precision();
    private static readonly Option<bool> ShrinkOnLoad = BackboneFile.ShrinkOnLoad();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() =>
        new Command("fit", "Fit statistics and threshold of a gate to in-distribution images; no gradient is computed.")
    {
        Gate, Id, Out, Rate, Calibration, Confidence, DetectorOption, Share, Seed, OneClass, SkipDamaged, Patches, PatchKind, BackboneOption,
        InputSize, Precision, ShrinkOnLoad, Json,
    }.Runs((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var settings = new GateFitSettings
        {
            Detector = DetectorNames.Parse(parsed.GetRequiredValue(DetectorOption)),
            TargetFalseAlarmRate = RateOf(parsed, Rate),
            Confidence = CalibrationOptions.Parse(parsed, Calibration, Confidence), CalibrationShare = RateOf(parsed, Share),
            Seed = parsed.GetValue(Seed),
        };
        var kind = PatchOptions.ParseKind(parsed.GetRequiredValue(PatchKind));
        using var backbone = BackboneFile.Load(
            parsed.GetValue(BackboneOption), parsed.GetValue(InputSize), BackboneFile.PrecisionOf(parsed, Precision),
            parsed.GetValue(ShrinkOnLoad));
        var dataset = DatasetName.Open(parsed.GetRequiredValue(Id));
        using var set = new FeatureExtraction(backbone)
            .ExtractWithProgress(dataset, parsed.GetValue(SkipDamaged), cancellation);
        var labels = parsed.GetValue(OneClass) ? null : set.Labels;
        using var fitted = GateStatisticsFitter.Fit(
            set.InputsOf(settings.Detector), labels, settings, new GateProvenance
            {
                Gate = parsed.GetRequiredValue(Gate), ModelHash = backbone.ModelHash, PreprocessingHash = backbone.PreprocessingHash,
                FittedAt = TimeProvider.System.GetUtcNow(), Origin = dataset.Name, ClassNames = labels is null ? [] : dataset.ClassNames,
            }, backbone.Classifier);
        using var patches = parsed.GetValue(Patches)
            ? PatchesOf(set, dataset, kind, settings, new PatchExtraction(backbone), cancellation)
            : null;
        var statistics = patches is null ? fitted : fitted.With(patches);
        var path = parsed.GetRequiredValue(Out).FullName;
        statistics.Write(path);
        var result = Describe(statistics, dataset, path);
        Tell(result);
        JsonReport.Write(parsed.GetValue(Json), result, ScoringJson.Types.FitResult);
        return ExitCode.Ok;
    }

    private static PatchStatistics PatchesOf(
        ExtractedSet set, IImageDataset dataset, PatchGaussianKind kind, GateFitSettings settings,
        PatchExtraction extraction, CancellationToken cancellation)
    {
        var (fit, calibration) = GateStatisticsFitter.Split(set.Places.Count, settings);
        return PatchFit.Run(
            extraction, dataset, kind,
            ([.. fit.Select(i => set.Places[i])], [.. calibration.Select(i => set.Places[i])]), cancellation);
    }

    private static FitResult Describe(GateStatistics statistics, IImageDataset dataset, string path) => new(
        statistics.Provenance.Gate, statistics.Detector.Detector.Name, dataset.Name,
        statistics.FitCount + statistics.CalibrationCount,
        statistics.FitCount, statistics.CalibrationCount, statistics.Detector.ClassCount,
        statistics.TargetFalseAlarmRate, CalibrationOptions.NameOf(statistics.Promise), statistics.Promise.Confidence,
        statistics.Threshold,
        statistics.Detector.Diagnostics.ShrinkageIntensity, statistics.Provenance.ModelHash,
        statistics.Provenance.PreprocessingHash, path, statistics.Patches?.Gaussian.Kind.Name());

    private static void Tell(FitResult result)
    {
        Console.WriteLine(
            $"gate {result.Gate}: {result.Detector} on {result.FitImages} images ({result.Classes} classes), "
            + $"shrinkage {result.ShrinkageIntensity:G3}");
        Console.WriteLine(
            $"threshold {result.Threshold:G6} for a false-alarm rate of {result.PromisedFalseAlarmRate:P1}"
            + (result.Confidence is { } c ? $" with confidence {c:P1}, " : ", ") + $"from {result.CalibrationImages} held-out images");
        if (result.PatchGaussian is { } kind) Console.WriteLine($"patches: a {kind} Gaussian for heat maps");
        Console.WriteLine($"model {result.ModelHash}, preprocessing {result.PreprocessingHash} -> {result.Statistics}");
    }

    private static double RateOf(ParseResult parsed, Option<double> option)
    {
        var rate = parsed.GetValue(option);
        return rate is > 0 and < 1 ? rate
            : throw new CliException($"{option.Name} is {rate}; it lies above 0 and below 1.", ExitCode.WrongUsage);
    }
}
