using MoodStream.Cli.Reports;
using MoodStream.Cli.Terminal;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Evaluation;

namespace MoodStream.Cli.Evaluation;

/// <summary>The report of <c>mood evaluate</c>: one page with all that was run and found.</summary>
internal static class EvaluationPage
{
    private const string Missing = "–";
    private const int MostColumns = 6;

    /// <summary>Writes the page.</summary>
    /// <exception cref="CliException">The file cannot be written.</exception>
    public static void Write(
        FileInfo file, EvaluationResult result, EvaluationDatasets data, IReadOnlyList<ComparedBackbone> compared)
    {
        var page = new HtmlPage($"MoodStream evaluation: {result.Protocol}");
        Provenance(page, result);
        if (result.Backbones.Count > 1) Comparison(page, result);
        HeldOutClasses(page, result);
        foreach (var backbone in compared)
        {
            var suffix = compared.Count > 1 ? $", {backbone.Name}" : "";
            MetricTables(page, result, backbone.Name, suffix);
            EvaluationFigures.AddTo(page, backbone, new ScoredImages(data, backbone.Places), suffix);
        }
        Published(page, result);
        OutputFile.Write(file.FullName, () =>
        {
            file.Directory?.Create();
            File.WriteAllText(file.FullName, page.ToString());
        });
    }

    private static void Provenance(HtmlPage page, EvaluationResult result)
    {
        page.Section("What was run");
        page.Words(["backbone", "model hash", "preprocessing hash", "pooling", "classifier", "precision"], result.Backbones.Select(
            b => (string[])[b.Name, b.ModelHash, b.PreprocessingHash, b.Pooling ?? Missing, b.Classifier, b.Precision]));
        page.Words(["data", "named", "images", "content hash"],
            result.Data.Select(d => (string[])[d.Name, d.Dataset, $"{d.Images}", d.Hash]));
        page.Paragraph(
            $"mood {result.Version}, .NET {Environment.Version}, seed {result.Seed}, {result.BootstrapResamples} bootstrap resamples.");
        if (result.Skipped.Count == 0) return;
        page.Part("Left out");
        page.Words(["what", "reason"], result.Skipped.Select(s => (string[])[s.What, s.Reason]));
    }

    private static void Comparison(HtmlPage page, EvaluationResult result)
    {
        page.Section("Backbones beside each other");
        page.Note("Mean AUROC over the OOD sets, the same images for all.");
        page.Table(["backbone", .. result.Detectors], result.Backbones.Select(b => ("", (IReadOnlyList<string>)
        [
            b.Name,
            .. result.MeansOf(b.Name).Select(m => m is null ? Missing : Margin(m.Auroc, m.AurocLow, m.AurocHigh)),
        ])));
    }

    private static void HeldOutClasses(HtmlPage page, EvaluationResult result)
    {
        var splits = result.Results.Where(r => r.HeldOut is not null).DistinctBy(r => r.Ood).ToArray();
        if (splits.Length == 0) return;
        page.Section("Classes held out");
        page.Note("The mean of a detector is that over these splits.");
        page.Words(["split", "ID images", "OOD images", "classes held out"], splits.Select(
            r => (string[])[r.Ood.Split(':')[0], $"{r.NId}", $"{r.NOod}", string.Join(", ", r.HeldOut!)]));
    }

    private static void MetricTables(HtmlPage page, EvaluationResult result, string backbone, string suffix)
    {
        var rows = result.Results.Where(r => r.Backbone == backbone).ToArray();
        var means = result.Mean.Where(m => m.Backbone == backbone).OrderByDescending(m => m.Auroc).ToArray();
        string[] sets = [.. rows.Select(r => r.Ood).Distinct()];
        var parts = PartsOf(sets);
        string Cell(string set, string detector, Func<EvaluationRow, string> cell) =>
            rows.FirstOrDefault(r => r.Ood == set && r.Detector == detector) is { } row ? cell(row) : Missing;
        void Metric(string heading, string meaning, Func<EvaluationRow, string> cell, Func<EvaluationMean, string> mean)
        {
            page.Part(heading);
            page.Note(meaning);
            foreach (var part in parts)
            {
                string[] last = part[^1] == sets[^1] ? ["mean"] : [];
                page.Table(["detector", .. part, .. last], means.Select(m => (
                    KindOf(m.Detector), (IReadOnlyList<string>)
                    [m.Detector, .. part.Select(s => Cell(s, m.Detector, cell)), .. last.Select(_ => mean(m))])));
            }
        }
        page.Section("Results" + suffix);
        Metric("AUROC", "Share of pairs in which the OOD image has the larger score; 0.5 is chance. Best mean first. The row "
            + $"{DetectorRegistry.Pixels.Name} is the floor: one Gaussian on 8 x 8 pooled pixels, without a backbone. ± is half of the "
            + "95 % bootstrap interval over the test images.",
            r => Margin(r.Auroc, r.AurocLow, r.AurocHigh), m => Margin(m.Auroc, m.AurocLow, m.AurocHigh));
        Metric("FPR@95TPR, ID positive", result.FprConvention + "; 0 is best.", r => $"{r.FprAt95Tpr:F3}", m => $"{m.FprAt95Tpr:F3}");
        Metric("FPR@95TPR, OOD positive", result.FprConventionOodPositive + "; 0 is best. Not comparable with the table above.",
            r => $"{r.FprAt95TprOodPositive:F3}", m => $"{m.FprAt95TprOodPositive:F3}");
        Metric("AUPR, ID positive", "Average precision; chance is the share of ID images.", r => $"{r.AuprIn:F3}", m => $"{m.AuprIn:F3}");
        Metric("AUPR, OOD positive", "Average precision; chance is the share of OOD images.", r => $"{r.AuprOut:F3}", m => $"{m.AuprOut:F3}");
    }

    /// <summary>Columns of one table after the other, about as many in each, so that none runs off the paper.</summary>
    private static string[][] PartsOf(string[] sets)
    {
        var tables = (sets.Length + MostColumns - 1) / MostColumns;
        return [.. sets.Chunk((sets.Length + tables - 1) / tables)];
    }

    private static string KindOf(string detector) => detector == DetectorRegistry.Pixels.Name ? "floor" : "";

    private static string Margin(double auroc, double? low, double? high) =>
        low is { } l && high is { } h ? $"{auroc:F3} ±{(h - l) / 2:F3}" : $"{auroc:F3}";

    private static void Published(HtmlPage page, EvaluationResult result)
    {
        IReadOnlyList<PublishedTable> tables = result.Protocol switch
        {
            OneClassProtocol.Name => [PublishedNumbers.OneClassCifar10],
            OutlierExposureProtocol.Name => [PublishedNumbers.OutlierExposure],
            MultiClassProtocol.Name => PublishedNumbers.MultiClass,
            _ => [],
        };
        if (tables.Count == 0) return;
        page.Section("Published numbers, beside ours");
        page.Note(PublishedNumbers.Caveat);
        foreach (var table in tables) PublishedBesideOurs(page, result, table);
    }

    private static void PublishedBesideOurs(HtmlPage page, EvaluationResult result, PublishedTable table)
    {
        page.Part($"{table.Title} (published: AUROC in percent)");
        var ours = result.Mean.OrderByDescending(m => m.Auroc).Select(m => ("ours", (IReadOnlyList<string>)
        [
            $"this run: {m.Detector}, {m.Backbone}",
            .. table.Columns.Select((column, c) => OursIn(result, m, column, c)), Missing,
        ])).Where(row => row.Item2.Skip(1).Any(cell => cell != Missing)).Take(5);
        page.Table(
            ["method", .. table.Columns, "mean"],
            table.Rows.Select(r => ("", (IReadOnlyList<string>)[$"{r.Method} (published)", .. r.Values.Select(v => v is { } x ? $"{x:F1}" : Missing)]))
                .Concat(ours));
    }

    /// <summary>Our AUROC in percent for a published column: the class of that number, or the OOD set whose name begins
    /// alike.</summary>
    private static string OursIn(EvaluationResult result, EvaluationMean mean, string column, int place)
    {
        var own = result.Results.Where(r => r.Backbone == mean.Backbone && r.Detector == mean.Detector);
        var row = result.Protocol == OneClassProtocol.Name
            ? own.FirstOrDefault(r => r.Class == place)
            : own.FirstOrDefault(r => SameSet(Plain(r.Ood), Plain(column)));
        return row is null ? Missing : $"{100 * row.Auroc:F1}";
    }

    private static string Plain(string name) => new([.. name.ToLowerInvariant().Where(char.IsLetterOrDigit)]);

    /// <summary>cifar100test5k is cifar100; cifar100 is not cifar10.</summary>
    private static bool SameSet(string ours, string published) =>
        ours.StartsWith(published, StringComparison.Ordinal)
        && (ours.Length == published.Length || !char.IsDigit(ours[published.Length]) || !char.IsDigit(published[^1]));
}
