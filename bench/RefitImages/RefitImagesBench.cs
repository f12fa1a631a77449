using System.CommandLine;
using MoodStream.Bench.Driver;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Datasets;

namespace MoodStream.Bench.RefitImages;

/// <summary><c>mood bench refit-images</c>: false alarms of one-class gates on real images, before a shift of their pixels and after it.</summary>
internal static class RefitImagesBench
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = $"Images with classes, each of which gets a gate: {DatasetName.Forms}.", Required = true, HelpName = "DATA",
    };

    private static readonly Option<int> Seed = BenchOptions.Seed();

    private static readonly Option<double> Rate = new("--false-alarm-rate")
    {
        Description = "Promised share of in-distribution images sent to review.", DefaultValueFactory = _ => 0.05, HelpName = "SHARE",
    };

    private static readonly Option<FileInfo?> BackboneOption = BackboneFile.Option();
    private static readonly Option<FileInfo?> Json = Verb.Json();

    public static Command Create()
    {
        Rate.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<double>() is not (>= 0.02 and <= 0.2)) r.AddError($"{Rate.Name} lies between 0.02 and 0.2.");
        });
        return new Command("refit-images", "Real images whose pixels shift: false alarms before it, after it without a refit, and with one.")
        {
            Data, Seed, Rate, BackboneOption, Json,
        }.Runs((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = new RefitImagesPlan(parsed.GetValue(Seed), parsed.GetValue(Rate), new StreamPhases(), Classes: null, PixelShift.All);
        using var backbone = BackboneFile.Load(parsed.GetValue(BackboneOption), inputSize: null);
        var result = RefitImagesRun.Run(plan, DatasetName.Open(parsed.GetValue(Data)!), backbone, cancellation);
        foreach (var shift in result.Shifts) Print(shift, result.Promised);
        JsonReport.Write(parsed.GetValue(Json), result, RefitImagesJson.Default.RefitImagesResult);
        return result.Holds ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Print(ShiftFigures shift, double promised)
    {
        var gates = shift.Gates;
        Console.WriteLine(
            $"{shift.Shift.Name}, promised {promised:P1}: {Text(shift.Before)} before, {Text(shift.Without)} without a refit, {Text(shift.With)} with one; "
            + $"AUROC {gates.Average(g => g.AurocBefore):F3}, {gates.Average(g => g.AurocWithout):F3}, {gates.Average(g => g.AurocWith):F3}");
        Console.WriteLine(
            $"  {gates.Count(g => g.ImagesToAlarm is not null)} of {gates.Count} gates announced drift, {gates.Count(g => g.FalseDriftAlarm)} before it came; "
            + $"{gates.Count(g => g.Activated)} refits are active, {gates.Count(g => g.ApprovedByPerson)} of them by a person's approval; "
            + $"refused by: {string.Join(", ", gates.SelectMany(g => g.RefusedBy).CountBy(r => r).Select(r => $"{r.Key} {r.Value}"))}");
    }

    private static string Text(AlarmRate rate) => $"{rate.Rate:P2} ({rate.Low:P2} to {rate.High:P2})";
}
