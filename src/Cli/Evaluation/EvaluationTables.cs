using System.Text.Json.Serialization;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Evaluation;
using Spectre.Console;

namespace MoodStream.Cli.Evaluation;

/// <summary>One row of an evaluation.</summary>
internal sealed record EvaluationRow(
    string Ood, string Detector, double Auroc, [property: JsonPropertyName("fpr_at_95_tpr")] double FprAt95Tpr, double AuprIn, double AuprOut, int NId, int NOod, int? Class);

/// <summary>Mean of a detector over all rows.</summary>
internal sealed record EvaluationMean(
    string Detector, double Auroc, [property: JsonPropertyName("fpr_at_95_tpr")] double FprAt95Tpr, double AuprIn, double AuprOut);

/// <summary>Results of an evaluation with the conventions they were computed by.</summary>
internal sealed record EvaluationResult(
    string Protocol, string ModelHash, string FprConvention, IReadOnlyList<EvaluationRow> Results, IReadOnlyList<EvaluationMean> Mean);

/// <summary>Tables for people and records for machines, from the protocols' results.</summary>
internal static class EvaluationTables
{
    private const string FprConvention = "ID positive: share of OOD images accepted when 95 % of ID images are accepted";

    public static EvaluationResult Of(IReadOnlyList<MultiClassRow> rows, string modelHash)
    {
        EvaluationRow[] results = [.. rows.Select(r => new EvaluationRow(
            r.Ood, r.Detector, r.Metrics.Auroc, r.Metrics.FprAt95Tpr, r.Metrics.AuprIn, r.Metrics.AuprOut, r.Metrics.IdCount, r.Metrics.OodCount, null))];
        var means = results.GroupBy(r => r.Detector).Select(g => new EvaluationMean(
            g.Key, g.Average(r => r.Auroc), g.Average(r => r.FprAt95Tpr), g.Average(r => r.AuprIn), g.Average(r => r.AuprOut)));
        return new("multi-class", modelHash, FprConvention, results, [.. means]);
    }

    public static EvaluationResult Of(OneClassResult result, string modelHash) => new("one-class", modelHash, FprConvention,
        [.. result.Rows.Select(r => new EvaluationRow($"all but class {r.Class}", r.Detector,
            r.Metrics.Auroc, r.Metrics.FprAt95Tpr, r.Metrics.AuprIn, r.Metrics.AuprOut, r.IdCount, r.OodCount, r.Class))],
        [.. result.Means.Select(m => new EvaluationMean(m.Detector, m.Metrics.Auroc, m.Metrics.FprAt95Tpr, m.Metrics.AuprIn, m.Metrics.AuprOut))]);

    public static void Print(EvaluationResult result)
    {
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle($"{result.Protocol}, model {result.ModelHash}") };
        table.AddColumns("OOD", "detector", "AUROC", "FPR@95TPR", "AUPR-in", "AUPR-out", "ID", "OOD images");
        foreach (var r in result.Results)
            table.AddRow(Markup.Escape(r.Ood), Markup.Escape(r.Detector), $"{r.Auroc:F4}", $"{r.FprAt95Tpr:F4}", $"{r.AuprIn:F4}", $"{r.AuprOut:F4}", $"{r.NId}", $"{r.NOod}");
        foreach (var m in result.Mean)
            table.AddRow("[bold]mean[/]", $"[bold]{Markup.Escape(m.Detector)}[/]", $"[bold]{m.Auroc:F4}[/]", $"{m.FprAt95Tpr:F4}", $"{m.AuprIn:F4}", $"{m.AuprOut:F4}", "", "");
        Tables.Write(table);
        Console.WriteLine($"FPR@95TPR, {result.FprConvention}.");
    }
}
