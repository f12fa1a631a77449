using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Terminal;

namespace MoodStream.Bench.RefitYear;

/// <summary><c>mood bench refit-year</c>: the promised false-alarm rate through a simulated year, with and without refits.</summary>
internal static class RefitYearBench
{
    private static readonly Option<int> Seed = BenchOptions.Seed();

    private static readonly Option<double> Rate = new("--false-alarm-rate")
    {
        Description = "Promised share of in-distribution images sent to review.", DefaultValueFactory = _ => 0.01, HelpName = "SHARE",
    };

    private static readonly Option<int> Images = new("--images-per-day")
    {
        Description = "In-distribution images of a day.", DefaultValueFactory = _ => 1500, HelpName = "N",
    };

    private static readonly Option<FileInfo?> Plot = new("--plot")
    {
        Description = "Picture to write (.svg).", HelpName = "FILE",
    };

    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create()
    {
        Rate.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<double>() is not (>= 0.001 and <= 0.2)) r.AddError($"{Rate.Name} lies between 0.001 and 0.2.");
        });
        Images.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() < 500) r.AddError($"{Images.Name} must be at least 500.");
        });
        return new Command("refit-year", "A simulated year with drift, a lamp that fails and poisoning: false alarms with and without refits.")
        {
            Seed, Rate, Images, Plot, Json,
        }.Runs((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = new YearPlan(parsed.GetValue(Seed), parsed.GetValue(Rate), parsed.GetValue(Images));
        var result = YearRun.Run(plan, cancellation);
        foreach (var w in result.Weeks)
            Console.WriteLine(
                $"week {w.Week + 1,2}: {w.FalseAlarmRateWithRefit,6:P2} with, {w.FalseAlarmRateWithout,6:P2} without; {w.Refits} refits, "
                + $"{w.RefitsRefused} refused, {w.DriftAlarms} drift alarms {string.Join(' ', w.RefusedBy)}");
        Console.WriteLine(
            $"promised {result.Promised:P2}: median {result.MedianWith:P2} with refits, {result.MedianWithout:P2} without; "
            + $"the failing lamp was announced after {result.ImagesToLampAlarm?.ToString() ?? "no"} images; {result.Seconds:F0} s");
        foreach (var p in result.Poisoning)
            Console.WriteLine($"poisoning of {p.Share:P0}: {(p.Refused ? "refused" : "let through")} {string.Join(' ', p.RefusedBy)}");
        JsonReport.Write(parsed.GetValue(Json), result, RefitYearJson.Default.YearResult);
        if (parsed.GetValue(Plot) is { } file) RefitYearPlot.Write(file, result);
        return result.Holds ? ExitCode.Ok : ExitCode.Failed;
    }
}
