using MoodStream.Cli.Terminal;
using MoodStream.Mood.Evaluation;
using Spectre.Console;

namespace MoodStream.Cli.Evaluation;

/// <summary>One way to make heat maps, and how well they find the defects.</summary>
internal sealed record LocalisationRow(
    string Map, double ImageAuroc, double PixelAuroc, double Pro, double? HeldOutLogDensity, double? Shrinkage);

/// <summary>Results of the localisation protocol with the conventions they were computed by.</summary>
internal sealed record LocalisationResult(
    string Protocol, string ModelHash, string PreprocessingHash, int GridRows, int GridColumns, double Smoothing,
    int FitImages, int HeldOutImages, int NId, int NOod, int Regions, long OodPixels, long IdPixels, double ProFprLimit,
    string IdClass, IReadOnlyList<string> Skipped, IReadOnlyList<LocalisationRow> Results);

/// <summary>The table of the localisation protocol.</summary>
internal static class LocalisationTables
{
    /// <summary>A row.</summary>
    public static LocalisationRow Row(
        string map, LocalisationMetrics metrics, double? logDensity = null, double? shrinkage = null) =>
        new(map, metrics.ImageAuroc, metrics.Pixels.Auroc, metrics.Pixels.Pro, logDensity, shrinkage);

    /// <summary>Prints the table, with the row of chance, and what the numbers mean.</summary>
    public static void Print(LocalisationResult result)
    {
        var table = new Table
        {
            Border = TableBorder.Simple,
            Title = new TableTitle(
                $"localisation, model {result.ModelHash}, {result.GridRows} × {result.GridColumns} patches, "
                + $"smoothing {result.Smoothing:G3}"),
        };
        table.AddColumns("heat map", "image AUROC", "pixel AUROC", "PRO", "held-out log density");
        foreach (var r in result.Results)
            table.AddRow(
                Markup.Escape(r.Map), $"{r.ImageAuroc:F4}", $"{r.PixelAuroc:F4}", $"{r.Pro:F4}",
                r.HeldOutLogDensity is { } density ? $"{density:F2}" : "");
        table.AddRow("chance", "0.5000", "0.5000", $"{result.ProFprLimit / 2:F4}", "");
        Tables.Write(table);
        foreach (var skipped in result.Skipped) Console.WriteLine($"Skipped: {skipped}");
        Console.WriteLine(
            $"{result.FitImages} images to fit to, {result.HeldOutImages} held out; {result.NId} ID (class "
            + $"'{result.IdClass}') and {result.NOod} OOD images with {result.Regions} regions, "
            + $"{(double)result.OodPixels / (result.OodPixels + result.IdPixels):P2} of the pixels.");
        Console.WriteLine(
            $"PRO: mean overlap of the regions up to a false-positive rate of {result.ProFprLimit} of the pixels, "
            + "divided by it. "
            + "The grey rows use no backbone: they are the floor.");
    }
}
