using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.Refit;

/// <summary><c>mood bench refit</c>: what a million features cost to accumulate and refit, beside scikit-learn.</summary>
internal static class RefitBench
{
    private static readonly Option<int> Images = BenchOptions.Whole("--images", "Features to accumulate, in whole thousands.", 1_000_000, 10_000);
    private static readonly Option<int> Width = BenchOptions.Whole("--width", "Length of a feature.", 768, 2);
    private static readonly Option<int> Classes = BenchOptions.Whole("--classes", "Classes.", 10, 1);
    private static readonly Option<int> Compared = BenchOptions.Whole(
        "--compared-images", "The first so many go through scikit-learn too, which holds them all in memory.", 100_000, 1000);

    private static readonly Option<string> Python = new("--python")
    {
        Description = "Interpreter with scikit-learn (Debian: python3-sklearn); without it there is no comparison.",
        DefaultValueFactory = _ => "python3", HelpName = "FILE",
    };

    private static readonly Option<int> Seed = BenchOptions.Seed();

    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create() => new Command(
        "refit", "A million features through accumulate and refit: seconds and memory, beside scikit-learn where it is installed.")
    {
        Images, Width, Classes, Compared, Python, Seed, Json,
    }.Runs((parsed, _) => Task.FromResult(Run(parsed)));

    private static int Run(ParseResult parsed)
    {
        var plan = new RefitPlan(
            parsed.GetValue(Images), parsed.GetValue(Width), parsed.GetValue(Classes), parsed.GetValue(Compared),
            parsed.GetRequiredValue(Python), parsed.GetValue(Seed));
        var result = RefitRun.Run(plan);
        Tell(result, plan.Python);
        JsonReport.Write(parsed.GetValue(Json), result, RefitBenchJson.Default.RefitBenchResult);
        return result.Holds ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Tell(RefitBenchResult r, string python)
    {
        Console.WriteLine(
            $"{r.Images:N0} features of {r.Width} in {r.Classes} classes: {r.AccumulateSeconds:F1} s to accumulate, "
            + $"{r.RefitSeconds:F2} s to refit, {r.GuardsPassed} of {r.Guards} guards passed");
        Console.WriteLine(
            $"memory: {r.StateBytes / 1e6:F1} MB of moments, a peak of {r.PeakBytes / 1e6:F0} MB while accumulating, "
            + $"{r.PeakBytesOfATenth / 1e6:F0} MB for a tenth of the images, {r.RefitPeakBytes / 1e6:F0} MB while refitting");
        if (r.Comparison is not { } c)
        {
            Console.WriteLine($"not compared: {python} has no scikit-learn (Debian: python3-sklearn)");
            return;
        }
        Console.WriteLine(
            $"beside scikit-learn {c.ScikitLearn.Version} on {c.Images:N0}: covariance {c.EmpiricalSeconds:F2} s, theirs {c.ScikitLearn.EmpiricalSeconds:F2} s, "
            + $"difference {c.CovarianceDifference:G2}; Ledoit-Wolf {c.LedoitWolfSeconds:F2} s, theirs {c.ScikitLearn.LedoitWolfSeconds:F2} s, "
            + $"difference {c.ShrinkageDifference:G2}");
    }
}
