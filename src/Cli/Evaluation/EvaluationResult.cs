using System.CommandLine;
using System.Text.Json.Serialization;
using MoodStream.Mood.Evaluation;
using MoodStream.Streaming.Telemetry;

namespace MoodStream.Cli.Evaluation;

/// <summary>The numbers of a row or of a mean.</summary>
internal abstract record EvaluationNumbers
{
    protected EvaluationNumbers(EvaluationMetrics metrics, Interval? aurocInterval)
    {
        (Auroc, AurocLow, AurocHigh) = (metrics.Auroc, aurocInterval?.Low, aurocInterval?.High);
        (FprAt95Tpr, FprAt95TprOodPositive) = (metrics.FprAt95Tpr, metrics.FprAt95TprOodPositive);
        (AuprIn, AuprOut) = (metrics.AuprIn, metrics.AuprOut);
    }

    public double Auroc { get; }

    /// <summary>Lower end of the 95 % bootstrap interval of the AUROC.</summary>
    public double? AurocLow { get; }

    /// <summary>Upper end.</summary>
    public double? AurocHigh { get; }

    [JsonPropertyName("fpr_at_95_tpr")]
    public double FprAt95Tpr { get; }

    [JsonPropertyName("fpr_at_95_tpr_ood_positive")]
    public double FprAt95TprOodPositive { get; }

    public double AuprIn { get; }

    public double AuprOut { get; }
}

/// <summary>One row of an evaluation.</summary>
internal sealed record EvaluationRow : EvaluationNumbers
{
    public EvaluationRow(string backbone, EvaluatedRow row) : base(row.Metrics, row.AurocInterval)
    {
        (Backbone, Ood, Detector) = (backbone, row.Ood, row.Detector);
        (NId, NOod, Class) = (row.IdCount, row.OodCount, row.Class);
        HeldOut = row.HeldOut.Count > 0 ? row.HeldOut : null;
    }

    public string Backbone { get; }

    public string Ood { get; }

    public string Detector { get; }

    public int NId { get; }

    public int NOod { get; }

    /// <summary>The class that is in-distribution, where it is one.</summary>
    public int? Class { get; }

    /// <summary>Names of the classes that were held out as OOD, where some were.</summary>
    public IReadOnlyList<string>? HeldOut { get; }
}

/// <summary>Mean of a detector over all rows.</summary>
internal sealed record EvaluationMean : EvaluationNumbers
{
    public EvaluationMean(string backbone, EvaluatedMean mean) : base(mean.Metrics, mean.AurocInterval) =>
        (Backbone, Detector, Over) = (backbone, mean.Detector, mean.Over);

    public string Backbone { get; }

    public string Detector { get; }

    /// <summary>The OOD sets of the rows it is the mean of.</summary>
    public IReadOnlyList<string> Over { get; }
}

/// <summary>A data set of an evaluation.</summary>
internal sealed record EvaluationDataRow(string Name, string Dataset, int Images, string Hash);

/// <summary>A backbone of an evaluation.</summary>
internal sealed record EvaluationBackboneRow(
    string Name, string ModelHash, string PreprocessingHash, string? Pooling, string Classifier,
    string Precision);

/// <summary>What was left out, and why: a detector of a backbone, a backbone's pooling, or a data set.</summary>
internal sealed record EvaluationSkip(string Reason)
{
    public string? Backbone { get; init; }

    public string? Detector { get; init; }

    public string? Dataset { get; init; }

    /// <summary>What it is, for people.</summary>
    [JsonIgnore]
    public string What => Dataset ?? (Detector is null ? Backbone! : $"{Detector}, {Backbone}");

    /// <summary>What it is and why; the reason of a data set begins with its name.</summary>
    [JsonIgnore]
    public string Line => Dataset is null ? $"{What}: {Reason}" : Reason;
}

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

    /// <summary>Detectors that have a mean for some backbone, in order.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Detectors => [.. Mean.Select(m => m.Detector).Distinct()];

    /// <summary>Means of a backbone, one for each of <see cref="Detectors"/>; null where it has none.</summary>
    public IEnumerable<EvaluationMean?> MeansOf(string backbone) =>
        Detectors.Select(d => Mean.FirstOrDefault(m => m.Backbone == backbone && m.Detector == d));

    /// <summary>Gathers it.</summary>
    public static EvaluationResult Of(
        ParseResult parsed, EvaluationDatasets data, IReadOnlyList<ComparedBackbone> compared,
        IEnumerable<EvaluationSkip> refused) =>
        new(compared[0].Outcome.Protocol, compared[0].ModelHash)
        {
            Version = BuildVersion.Whole,
            Seed = parsed.GetValue(EvaluationOptions.Seed),
            BootstrapResamples = parsed.GetValue(EvaluationOptions.Resamples),
            Backbones = [.. compared.Select(c =>
                new EvaluationBackboneRow(c.Name, c.ModelHash, c.PreprocessingHash, c.Pooling, c.Classifier, c.Precision))],
            Data = [.. data.All.Select(d => new EvaluationDataRow(d.Name, d.Images.Name, d.Images.Count, d.Hash))],
            Results = [.. compared.SelectMany(c => c.Outcome.Rows.Select(r => new EvaluationRow(c.Name, r)))],
            Mean = [.. compared.SelectMany(c => c.Outcome.Means.Select(m => new EvaluationMean(c.Name, m)))],
            Skipped =
            [
                .. data.Missing.Select(m => new EvaluationSkip(m.Reason) { Dataset = m.Name }), .. refused,
                .. compared.SelectMany(c => c.Outcome.Skipped
                    .Select(s => new EvaluationSkip(s.Reason) { Backbone = c.Name, Detector = s.Detector })),
            ],
        };
}
