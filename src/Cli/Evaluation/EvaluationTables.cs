using MoodStream.Cli.Terminal;
using Spectre.Console;

namespace MoodStream.Cli.Evaluation;

/// <summary>Tables of an evaluation for people.</summary>
internal static class EvaluationTables
{
    /// <summary>Prints the rows of each backbone, the means, and what was left out.</summary>
    public static void Print(EvaluationResult result)
    {
        foreach (var backbone in result.Backbones) Tables.Write(TableOf(result, backbone));
        if (result.Backbones.Count > 1) Tables.Write(ComparisonOf(result));
        Console.WriteLine($"FPR@95TPR, {result.FprConvention}.");
        if (result.BootstrapResamples > 0)
            Console.WriteLine($"± : half of the 95 % interval, {result.BootstrapResamples} bootstrap resamples of the test images.");
        foreach (var skip in result.Skipped) Console.WriteLine($"left out: {skip.Line}");
    }

    private static Table ComparisonOf(EvaluationResult result)
    {
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle("mean AUROC") };
        table.AddColumns(["backbone", .. result.Detectors.Select(Markup.Escape)]);
        foreach (var backbone in result.Backbones)
            table.AddRow([Markup.Escape(backbone.Name), .. result.MeansOf(backbone.Name).Select(m => m is null ? "–" : $"{m.Auroc:F4}")]);
        return table;
    }

    private static Table TableOf(EvaluationResult result, EvaluationBackboneRow backbone)
    {
        var title = $"{result.Protocol}, {backbone.Name} {backbone.ModelHash}, classifier: {backbone.Classifier}";
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle(Markup.Escape(title)) };
        table.AddColumns("OOD", "detector", "AUROC", "FPR@95TPR", "AUPR-in", "AUPR-out", "ID", "OOD images");
        foreach (var r in result.Results.Where(r => r.Backbone == backbone.Name))
            table.AddRow(
                Markup.Escape(r.Ood), Markup.Escape(r.Detector), WithMargin(r.Auroc, r.AurocLow, r.AurocHigh),
                $"{r.FprAt95Tpr:F4}", $"{r.AuprIn:F4}", $"{r.AuprOut:F4}", $"{r.NId}", $"{r.NOod}");
        foreach (var m in result.Mean.Where(m => m.Backbone == backbone.Name))
            table.AddRow(
                "[bold]mean[/]", $"[bold]{Markup.Escape(m.Detector)}[/]",
                $"[bold]{WithMargin(m.Auroc, m.AurocLow, m.AurocHigh)}[/]",
                $"{m.FprAt95Tpr:F4}", $"{m.AuprIn:F4}", $"{m.AuprOut:F4}", "", "");
        return table;
    }

    private static string WithMargin(double auroc, double? low, double? high) =>
        low is { } l && high is { } h ? $"{auroc:F4} ±{(h - l) / 2:F4}" : $"{auroc:F4}";
}
