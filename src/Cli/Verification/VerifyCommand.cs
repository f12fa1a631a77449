using System.CommandLine;
using System.Globalization;
using MoodStream.Cli.Features;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Verification;
using MoodStream.Mood.Vision;
using Spectre.Console;

namespace MoodStream.Cli.Verification;

/// <summary>One compared output, as <c>--json</c> gives it.</summary>
internal sealed record VerifyRow(
    string Section, string Case, string Output, double? Difference, double? Tolerance, bool Within, string? Problem, string? NotCompared);

/// <summary>What <c>mood verify --golden</c> found.</summary>
internal sealed record VerifyResult(int Rows, int Within, IReadOnlyList<VerifyRow> Outputs);

/// <summary>What <c>mood verify --backbone</c> found.</summary>
internal sealed record BackboneDescription(
    string Family, string Config, string ModelHash, long Parameters, int Features, int? Classes, string Preprocessing,
    string PreprocessingHash, IReadOnlyList<string> Used, IReadOnlyDictionary<string, string> Waived, IReadOnlyList<string> Missing);

/// <summary><c>mood verify</c>: checks this build against reference values, or describes a checkpoint.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var golden = new Option<DirectoryInfo?>("--golden")
        {
            Description = "Folder of reference inputs and outputs to compare this build with.", HelpName = "DIR",
        };
        var backbone = new Option<string?>("--backbone") { Description = "Checkpoint file or folder to describe.", HelpName = "PATH" };
        var size = BackboneFile.InputSize("the checkpoint's own");
        var json = Verb.Json();
        return new Command("verify", "Compare this build with reference values, or describe a checkpoint.")
        {
            golden, backbone, size, json,
        }.Runs((parsed, _) => Task.FromResult((parsed.GetValue(golden), parsed.GetValue(backbone)) switch
        {
            ({ } kit, null) => Golden(kit, parsed.GetValue(json)),
            (null, { } path) => Describe(path, parsed.GetValue(size), parsed.GetValue(json)),
            _ => throw new CliException("Give either --golden DIR or --backbone PATH.", ExitCode.WrongUsage),
        }));
    }

    private static int Golden(DirectoryInfo kit, FileInfo? json)
    {
        if (!kit.Exists) throw new CliException($"{kit.FullName}: there is no such folder.");
        var rows = GoldenKit.Verify(kit.FullName).ToArray();
        if (rows.Length == 0) throw new CliException($"{kit.FullName} holds nothing that this build can check.");
        var table = new Table().AddColumns("Section", "Case", "Output", "Largest difference", "Tolerance", "Within");
        foreach (var row in rows)
            table.AddRow([.. Cells(row).Select(Markup.Escape)]);
        Tables.Write(table);
        foreach (var row in rows.Where(r => !r.WithinTolerance))
            Console.WriteLine($"not within tolerance: {row.Section}/{row.Case} {row.Output} {row.Problem}".TrimEnd());
        var counted = rows.Where(r => r.Counts).ToArray();
        var within = counted.Count(r => r.WithinTolerance);
        JsonReport.Write(json, new VerifyResult(counted.Length, within, [.. rows.Select(Flat)]), VerificationJson.Types.VerifyResult);
        if (counted.Length < rows.Length) Console.WriteLine($"{rows.Length - counted.Length} rows are not compared; the table says why");
        Console.WriteLine($"{counted.Length} rows, {within} within tolerance");
        return within == counted.Length ? ExitCode.Ok : ExitCode.Failed;
    }

    private static string[] Cells(GoldenRow row) =>
    [
        row.Section, row.Case, row.Output, row.Problem ?? row.NotCompared ?? Number(row.LargestDifference), Number(row.Tolerance),
        !row.Counts ? "not compared" : row.WithinTolerance ? "yes" : "NO",
    ];

    private static VerifyRow Flat(GoldenRow row) => new(
        row.Section, row.Case, row.Output, Finite(row.LargestDifference), Finite(row.Tolerance),
        row.WithinTolerance, row.Problem, row.NotCompared);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static int Describe(string path, int? size, FileInfo? json)
    {
        using var backbone = Backbone.Load(path, inputSize: size);
        var about = new BackboneDescription(
            backbone.Family, backbone.Configuration, backbone.ModelHash, backbone.ParameterCount,
            backbone.FeatureLength, backbone.Classifier?.ClassCount, backbone.Recipe.ToJson(),
            backbone.PreprocessingHash, backbone.UsedTensors, backbone.WaivedTensors, backbone.StoodIn);
        var table = new Table().AddColumns("Property", "Value");
        foreach (var (name, value) in Lines(about)) table.AddRow(Markup.Escape(name), Markup.Escape(value));
        Tables.Write(table);
        JsonReport.Write(json, about, VerificationJson.Types.BackboneDescription);
        return ExitCode.Ok;
    }

    private static IEnumerable<(string Name, string Value)> Lines(BackboneDescription about)
    {
        yield return ("family", about.Family);
        yield return ("config", about.Config);
        yield return ("model hash", about.ModelHash);
        yield return ("parameters", about.Parameters.ToString("N0", CultureInfo.InvariantCulture));
        yield return ("feature length", about.Features.ToString(CultureInfo.InvariantCulture));
        yield return ("classes", about.Classes?.ToString(CultureInfo.InvariantCulture) ?? "no classifier");
        yield return ("preprocessing", about.Preprocessing);
        yield return ("preprocessing hash", about.PreprocessingHash);
        yield return ("tensors used", about.Used.Count.ToString(CultureInfo.InvariantCulture));
        foreach (var (tensor, reason) in about.Waived) yield return ($"waived {tensor}", reason);
        foreach (var missing in about.Missing) yield return ("missing", missing);
    }

    private static string Number(double value) => double.IsNaN(value) ? "–" : value.ToString("0.0##e+0", CultureInfo.InvariantCulture);
}
