using System.CommandLine;
using MoodStream.Cli.Datasets;
using MoodStream.Cli.Features;
using MoodStream.Cli.Scoring;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;
using MoodStream.Mood.Evaluation;
using MoodStream.Mood.Vision;

namespace MoodStream.Cli.Evaluation;

/// <summary>Where the last layer for logit detectors comes from.</summary>
internal enum ClassifierOrigin
{
    /// <summary>The backbone's own, else a probe where there are labels, else none.</summary>
    Auto,

    /// <summary>The backbone's own.</summary>
    Own,

    /// <summary>A linear probe fitted to the labels of the training images.</summary>
    Probe,

    /// <summary>None: detectors that need one are left out.</summary>
    None,
}

/// <summary>Options of <c>mood evaluate</c> that say what is compared, and how.</summary>
internal static class EvaluationOptions
{
    /// <summary>Name of the pooling that a backbone was trained with.</summary>
    public const string AsTrained = "trained";

    /// <summary>Form of OOD images that are not known by a name.</summary>
    public const string OwnOodForm = "NAME=DATASET";

    public static readonly Option<string?> Id = new("--id")
    {
        Description = "In-distribution data set by its name, in place of --id-train and --id-test: see "
            + "--list-datasets.",
        HelpName = "NAME",
    };

    public static readonly Option<string?> IdTrain = new("--id-train")
    {
        Description = $"In-distribution images to fit to: {DatasetName.Forms}.", HelpName = "DATASET",
    };

    public static readonly Option<string?> IdTest = new("--id-test")
    {
        Description = $"In-distribution images to test with; all protocols but {LocalisationEvaluation.Protocol}.",
        HelpName = "DATASET",
    };

    public static readonly Option<string[]> Ood = new("--ood")
    {
        Description = "Out-of-distribution images, or names of data sets, separated by commas; may be given several "
            + "times.",
        HelpName = $"{OwnOodForm}|NAMES",
    };

    public static readonly Option<bool> Superclasses = new("--superclasses")
    {
        Description = "Take the 20 superclasses of CIFAR-100 as the classes of the in-distribution images.",
    };

    public static readonly Option<string> Detectors = DetectorNames.Several();

    public static readonly Option<string[]> Backbones = new("--backbone")
    {
        Description = "Backbone: a .safetensors file, or a folder with config.json. Several compare training stages or "
            + $"pretext tasks on the same images. Default: the shipped one, {BackboneFile.DefaultName}.",
        HelpName = "[NAME=]FILE",
    };

    public static readonly Option<string?> Poolings = new("--pooling")
    {
        Description = "Pool tokens otherwise than trained; several, separated by commas, are compared: "
            + $"{FeaturePooling.Forms}; {AsTrained}; all: {string.Join(", ", FeaturePooling.Usual)}.",
        HelpName = "NAMES",
    };

    public static readonly Option<int?> InputSize = BackboneFile.InputSize("as trained");

    public static readonly Option<string> Precision = BackboneFile.Precision();

    public static readonly Option<bool> ShrinkOnLoad = BackboneFile.ShrinkOnLoad();

    public static readonly Option<ClassifierOrigin> Classifier = new("--classifier")
    {
        Description = "Last layer for the detectors that look at logits: own (the backbone's), probe (a linear probe "
            + "fitted to the labels of --id-train), none, or auto: own if there is one, else probe if there are labels.",
        DefaultValueFactory = _ => ClassifierOrigin.Auto,
    };

    public static readonly Option<int> Resamples = new("--bootstrap")
    {
        Description = "Resamples of the test images for the 95 % intervals of the AUROC; 0 for none, else at least 2.",
        DefaultValueFactory = _ => 200, HelpName = "COUNT",
    };

    public static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of resamples, class splits and outliers shown.", DefaultValueFactory = _ => 0,
    };

    public static readonly Option<int?> HeldOut = new("--held-out")
    {
        Description = $"{NearOodProtocol.Name}: classes held out as OOD in each split. Default: four in ten.",
        HelpName = "CLASSES",
    };

    public static readonly Option<int> Splits = new("--splits")
    {
        Description = $"{NearOodProtocol.Name}: random splits of the classes; {OutlierExposureProtocol.Name}: random "
            + "draws of the images shown.",
        DefaultValueFactory = _ => 5, HelpName = "COUNT",
    };

    public static readonly Option<string> Shown = new("--shown")
    {
        Description = $"{OutlierExposureProtocol.Name}: labelled images shown of each OOD class, separated by commas.",
        DefaultValueFactory = _ => "1,10", HelpName = "COUNTS",
    };

    public static readonly Option<bool> SkipDamaged = new("--skip-damaged")
    {
        Description = "Leave out images that cannot be decoded, instead of stopping.",
    };

    public static readonly Option<DirectoryInfo?> Cache = new("--cache")
    {
        Description = "Folder that keeps features by model, preprocessing and images, at most 4 GiB. Default: "
            + "moodstream below $XDG_CACHE_HOME or ~/.cache.",
        HelpName = "DIR",
    };

    public static readonly Option<bool> NoCache = new("--no-cache")
    {
        Description = "Keep no features, and use none that are kept.",
    };

    public static readonly Option<FileInfo?> Report = new("--report")
    {
        Description = "Write a self-contained page with tables and plots to this file.", HelpName = "FILE.html",
    };

    /// <summary>All of them, in the order of the help.</summary>
    public static IReadOnlyList<Option> All { get; } =
    [
        Id, IdTrain, IdTest, Ood, NamedDatasets.Root, Superclasses, Detectors, Backbones, Poolings, InputSize, Precision, ShrinkOnLoad,
        Classifier, Resamples, Seed, HeldOut, Splits, Shown, SkipDamaged, Cache, NoCache, Report,
    ];

    /// <summary>The counts of <see cref="Shown"/>.</summary>
    /// <exception cref="CliException">One is no count.</exception>
    public static IReadOnlyList<int> ShownOf(ParseResult parsed) =>
    [
        .. parsed.GetRequiredValue(Shown).Split(',').Select(text => int.TryParse(text, out var count) && count > 0
            ? count
            : throw new CliException($"--shown has '{text}', which is no count above 0.", ExitCode.WrongUsage)),
    ];

    /// <summary>The resamples asked for; null for none.</summary>
    /// <exception cref="CliException">The count is no possible one.</exception>
    public static Bootstrap? BootstrapOf(ParseResult parsed) => parsed.GetValue(Resamples) switch
    {
        0 => null,
        >= 2 and <= 100_000 and var count => new Bootstrap(count, parsed.GetValue(Seed)),
        var count => throw new CliException(
            $"--bootstrap is {count}; it is 0, or lies in 2..100000.", ExitCode.WrongUsage),
    };

    /// <summary>The backbones asked for by name, or the shipped one.</summary>
    /// <exception cref="CliException">There is no such file, or two have one name.</exception>
    public static IReadOnlyList<(string Name, string Path)> BackbonesOf(ParseResult parsed)
    {
        string[] asked = parsed.GetValue(Backbones) ?? [];
        if (asked.Length == 0) return [(Path.GetFileNameWithoutExtension(BackboneFile.DefaultName), BackboneFile.DefaultPath)];
        (string Name, string Path)[] named = [.. asked.Select(Named)];
        var twice = named.GroupBy(n => n.Name).FirstOrDefault(g => g.Count() > 1)?.Key;
        return twice is null
            ? named
            : throw new CliException($"Two backbones are called {twice}; name them NAME=FILE.", ExitCode.WrongUsage);
    }

    /// <summary>The poolings asked for, null for as trained, and whether they were named one by one.</summary>
    /// <exception cref="CliException">One is none.</exception>
    public static (IReadOnlyList<FeaturePooling?> Poolings, bool AreNamed) PoolingsOf(ParseResult parsed) =>
        parsed.GetValue(Poolings) switch
        {
            null => ([null], true),
            "all" => ([.. FeaturePooling.Usual.Select(p => (FeaturePooling?)p)], false),
            var names => ([.. names.Split(',', StringSplitOptions.TrimEntries).Distinct().Select(PoolingOf)], true),
        };

    private static FeaturePooling? PoolingOf(string name) => name == AsTrained ? null
        : FeaturePooling.TryParse(name) ?? throw new CliException(
            $"--pooling has '{name}', which is none; known are {FeaturePooling.Forms}; {AsTrained}; all.",
            ExitCode.WrongUsage);

    /// <summary>A path that is there is one as a whole, whatever signs it has in it.</summary>
    private static (string Name, string Path) Named(string asked)
    {
        if (asked.IndexOf('=') <= 0 || Path.Exists(asked))
        {
            var path = BackboneFile.PathOf(new FileInfo(asked));
            return (Path.GetFileNameWithoutExtension(path), path);
        }
        var (name, file) = NamedValue.Parse("--backbone", asked, Backbones.HelpName!);
        return (name, BackboneFile.PathOf(new FileInfo(file)));
    }
}
