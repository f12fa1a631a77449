using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Detectors;
using static TorchSharp.torch;

namespace MoodStream.Bench.Detect;

/// <summary><c>mood bench detect</c>: scoring against many classes, beside a loop over the classes.</summary>
internal static class DetectBench
{
    private const double MustRatio = 50;
    private const double BytesPerValue = sizeof(double);

    private static readonly Option<int> Images = BenchOptions.Whole("--images", "Features to score.", 10_000, 1);
    private static readonly Option<int> Classes = BenchOptions.Whole("--classes", "Classes.", 1_000, 1);
    private static readonly Option<int> Width = BenchOptions.Whole("--width", "Length of a feature.", 768, 1);
    private static readonly Option<int> Looped = BenchOptions.Whole("--looped-classes", "Classes that the loop runs through in a round; its time is scaled up to all.", 20, 1);
    private static readonly Option<int> Rounds = BenchOptions.Whole("--rounds", "Counted rounds.", 3, 1);
    private static readonly Option<int> Seed = BenchOptions.Seed();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command("detect", "mahalanobis++ against many classes, beside a loop over the classes; and its memory.")
    {
        Images, Classes, Width, Looped, Rounds, Seed, Json,
    }.Runs((parsed, _) => Task.FromResult(Run(parsed)));

    private static int Run(ParseResult parsed)
    {
        int images = parsed.GetValue(Images), classes = parsed.GetValue(Classes), width = parsed.GetValue(Width);
        var looped = Math.Min(parsed.GetValue(Looped), classes);
        using var scope = NewDisposeScope();
        random.manual_seed(parsed.GetValue(Seed));
        using var fitted = Fit(classes, width);
        var features = randn(images, width);                                            // [N, D]
        var loop = new ClassLoop(fitted);
        Compare(fitted, loop, features);

        DetectorScores? scores = null;
        var memory = PeakMemory.BytesOf(() => scores = fitted.Score(features));
        var figures = PairedRun.Measure("mahalanobis++", parsed.GetValue(Rounds),
            ours: () => scores = fitted.Score(features), peer: () => loop.Score(features, looped).Dispose(), peerShare: (double)looped / classes);
        var name = $"mahalanobis++, {images:N0} features of {width} against {classes:N0} classes, beside a loop over the classes";
        return new BenchReport(BenchMachine.Here(), [BenchRow.Of(name, figures, MustRatio)], new Dictionary<string, double>
        {
            ["peak_memory_bytes"] = memory,
            ["state_bytes"] = BytesPerValue * (2.0 * classes * width + (double)width * width),
            ["all_distances_bytes"] = BytesPerValue * images * classes,
        }).Publish(parsed.GetValue(Json));
    }

    /// <summary>Fits to classes whose means differ, with enough rows of each for every class to be present.</summary>
    private static FittedDetector Fit(int classes, int width)
    {
        using var scope = NewDisposeScope();
        var labels = arange(Math.Max(4L * classes, 2L * width)).remainder(classes);     // [N]
        var rows = randn(labels.shape[0], width) + randn(classes, width).index_select(0, labels);
        return DetectorRegistry.MahalanobisPlusPlus.Fit(rows, labels);
    }

    /// <summary>Both must say the same of a few features before either is timed.</summary>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    private static void Compare(FittedDetector fitted, ClassLoop loop, Tensor features)
    {
        const int few = 64;
        const double tolerance = 1e-9;
        using var scope = NewDisposeScope();
        var rows = features.slice(0, 0, few, 1);
        var ours = tensor(fitted.Score(rows).Scores);                                   // [B]
        var theirs = loop.Score(rows, fitted.ClassCount);                               // [B]
        if (!ours.allclose(theirs, rtol: tolerance)) throw new InvalidOperationException("The two ways do not give the same scores.");
    }
}
