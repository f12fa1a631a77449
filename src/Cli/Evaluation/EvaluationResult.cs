using System.CommandLine;
using System.Reflection;
using System.Text.Json.Serialization;
using MoodStream.Mood.Evaluation;

namespace MoodStream.Cli.Evaluation;

/// <summary>One row of an evaluation.</summary>
internal sealed record EvaluationRow(string Backbone, string Ood, string Detector, double Auroc)
{
    /// <summary>Lower end of the 95 % bootstrap interval of the AUROC.</summary>
    public double? AurocLow { get; init; }

    /// <summary>Upper end.</summary>
    public double? AurocHigh { get; init; }

    [JsonPropertyName("fpr_at_95_tpr")]
    public required double FprAt95Tpr { get; init; }

    [JsonPropertyName("fpr_at_95_tpr_ood_positive")]
    public required double FprAt95TprOodPositive { get; init; }

    public required double AuprIn { get; init; }

    public required double AuprOut { get; init; }

    public required int NId { get; init; }

    public required int NOod { get; init; }

    /// <summary>The class that is in-distribution, where it is one.</summary>
    public int? Class { get; init; }
}

/// <summary>Mean of a detector over all rows.</summary>
internal sealed record EvaluationMean(string Backbone, string Detector, double Auroc)
{
    public double? AurocLow { get; init; }

    public double? AurocHigh { get; init; }

    [JsonPropertyName("fpr_at_95_tpr")]
    public required double FprAt95Tpr { get; init; }

    [JsonPropertyName("fpr_at_95_tpr_ood_positive")]
    public required double FprAt95TprOodPositive { get; init; }

    public required double AuprIn { get; init; }

    public required double AuprOut { get; init; }
}

/// <summary>A data set of an evaluation.</summary>
internal sealed record EvaluationDataRow(string Name, string Dataset, int Images, string Hash);

/// <summary>A backbone of an evaluation.</summary>
internal sealed record EvaluationBackboneRow(string Name, string ModelHash, string PreprocessingHash, string Classifier);

/// <summary>A detector without rows, and why.</summary>
internal sealed record EvaluationSkip(string Backbone, string Detector, string Reason);

/// <summary>Results of an evaluation with all that is needed to run it again.</summary>
internal sealed record EvaluationResult(string Protocol, string ModelHash)
{
    private const string Convention = "ID positive: share of OOD images accepted when 95 % of ID images are accepted";
    private const string OodConvention = "OOD positive: share of ID images flagged when 95 % of OOD images are caught";

    /// <summary>What <c>fpr_at_95_tpr</c> means.</summary>
    public string FprConvention { get; init; } = Convention;

    /// <summary>What <c>fpr_at_95_tpr_ood_positive</c> means.</summary>
    public string FprConventionOodPositive { get; init; } = OodConvention;

    public required string Version { get; init; }

    public required int Seed { get; init; }

    public required int BootstrapResamples { get; init; }

    public required IReadOnlyList<EvaluationBackboneRow> Backbones { get; init; }

    public required IReadOnlyList<EvaluationDataRow> Data { get; init; }

    public required IReadOnlyList<EvaluationRow> Results { get; init; }

    public required IReadOnlyList<EvaluationMean> Mean { get; init; }

    public required IReadOnlyList<EvaluationSkip> Skipped { get; init; }

    /// <summary>Gathers it.</summary>
    public static EvaluationResult Of(
        ParseResult parsed, EvaluationDatasets data, IReadOnlyList<ComparedBackbone> compared) =>
        new(compared[0].Outcome.Protocol, compared[0].ModelHash)
        {
            Version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()
                ?.InformationalVersion ?? "unknown",
            Seed = parsed.GetValue(EvaluationOptions.Seed),
            BootstrapResamples = parsed.GetValue(EvaluationOptions.Resamples),
            Backbones = [.. compared.Select(c => new EvaluationBackboneRow(c.Name, c.ModelHash, c.PreprocessingHash, c.Classifier))],
            Data = [.. data.All.Select(d => new EvaluationDataRow(d.Name, d.Images.Name, d.Images.Count, d.Hash))],
            Results = [.. compared.SelectMany(c => c.Outcome.Rows.Select(r => RowOf(c.Name, r)))],
            Mean = [.. compared.SelectMany(c => c.Outcome.Means.Select(m => MeanOf(c.Name, m)))],
            Skipped =
            [
                .. compared.SelectMany(c => c.Outcome.Skipped.Select(s => new EvaluationSkip(c.Name, s.Detector, s.Reason))),
            ],
        };

    private static EvaluationRow RowOf(string backbone, EvaluatedRow row) =>
        new(backbone, row.Ood, row.Detector, row.Metrics.Auroc)
        {
            AurocLow = row.AurocInterval?.Low, AurocHigh = row.AurocInterval?.High,
            FprAt95Tpr = row.Metrics.FprAt95Tpr, FprAt95TprOodPositive = row.Metrics.FprAt95TprOodPositive,
            AuprIn = row.Metrics.AuprIn, AuprOut = row.Metrics.AuprOut,
            NId = row.IdCount, NOod = row.OodCount, Class = row.Class,
        };

    private static EvaluationMean MeanOf(string backbone, EvaluatedMean mean) =>
        new(backbone, mean.Detector, mean.Metrics.Auroc)
        {
            AurocLow = mean.AurocInterval?.Low, AurocHigh = mean.AurocInterval?.High,
            FprAt95Tpr = mean.Metrics.FprAt95Tpr, FprAt95TprOodPositive = mean.Metrics.FprAt95TprOodPositive,
            AuprIn = mean.Metrics.AuprIn, AuprOut = mean.Metrics.AuprOut,
        };
}
