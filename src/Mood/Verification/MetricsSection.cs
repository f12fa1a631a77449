using System.Text.Json;
using MoodStream.Mood.Metrics;
using MoodStream.Mood.Weights;

namespace MoodStream.Mood.Verification;

/// <summary>
/// Metrics of scikit-learn, OpenOOD, the MOOD release and ViM, each in its own convention (folder <c>metrics</c>).
/// </summary>
public sealed class MetricsSection : IGoldenSection
{
    private const string Curves = "scores.safetensors";

    /// <summary>Our number for each of theirs, by its path within a set of <c>expected.json</c>.</summary>
    private static readonly Dictionary<string, Func<double[], double[], double>> Numbers = new()
    {
        ["n_id"] = (id, _) => id.Length,
        ["n_ood"] = (_, ood) => ood.Length,
        ["auroc"] = (id, ood) => RocCurve.AurocOf(id, ood),
        ["openood.auroc"] = (id, ood) => RocCurve.AurocOf(id, ood),
        ["mood.auroc"] = (id, ood) => RocCurve.AurocOf(id, ood),
        ["vim.auroc"] = (id, ood) => RocCurve.AurocOf(id, ood),
        ["average_precision_ood_positive"] = (id, ood) => AveragePrecision.OodPositive(id, ood),
        ["mood.aupr_ood_positive"] = (id, ood) => AveragePrecision.OodPositive(id, ood),
        ["average_precision_id_positive"] = (id, ood) => AveragePrecision.IdPositive(id, ood),
        ["openood.aupr_in_trapezoid"] = (id, ood) => PrecisionRecallCurve.Of(id, ood, PositiveSide.Id).TrapezoidArea,
        ["openood.aupr_out_trapezoid"] = (id, ood) => PrecisionRecallCurve.Of(id, ood, PositiveSide.Ood).TrapezoidArea,
        ["openood.fpr95_ood_positive"] = (id, ood) => Fpr(id, ood, FprConvention.OodPositive),
        ["mood.fpr95_id_accepted"] = (id, ood) => Fpr(id, ood, FprConvention.IdPositiveInterpolated),
        ["mood.threshold"] = (id, ood) => Threshold(id, ood, FprConvention.IdPositiveInterpolated),
        ["vim.fpr95_id_accepted"] = (id, ood) => Fpr(id, ood, FprConvention.IdPositiveRoundedDown),
        ["vim.threshold_on_score"] = (id, ood) => Threshold(id, ood, FprConvention.IdPositiveRoundedDown),
        ["openood_fpr_recall.fpr_at_95_id_recall"] = (id, ood) => Fpr(id, ood, FprConvention.IdPositive),
        ["openood_fpr_recall.threshold_on_score"] = (id, ood) => CornerThreshold(id, ood),
        ["points.roc"] = (id, ood) => Corners(RocCurve.Of(id, ood).Points).Count,
        ["points.pr"] = (id, ood) => PrecisionRecallCurve.Of(id, ood, PositiveSide.Ood).Points.Count + 1,
    };

    /// <inheritdoc/>
    public string Name => "metrics";

    /// <inheritdoc/>
    public IEnumerable<GoldenRow> Verify(string folder) => new GoldenCase(Name, Name).List("expected.json", () =>
    {
        var expected = GoldenCase.Json(Path.Combine(folder, "expected.json"));
        using var scores = SafetensorsFile.Open(Path.Combine(folder, Curves));
        var tolerance = expected.GetProperty("suggested_abs_tolerance").GetDouble();
        return expected.GetProperty("sets").EnumerateObject().SelectMany(set =>
        {
            var one = new GoldenCase(Name, set.Name);
            return one.List("scores", () => Rows(one, set, scores, tolerance));
        }).ToArray();
    });

    private static IEnumerable<GoldenRow> Rows(GoldenCase one, JsonProperty set, SafetensorsFile scores, double tolerance)
    {
        double[] id = GoldenCase.Values(scores, set.Name + ".id"), ood = GoldenCase.Values(scores, set.Name + ".ood");
        foreach (var (path, value) in Leaves(set.Value, ""))
        {
            if (!Numbers.TryGetValue(path, out var number))
                yield return one.Failed(path, "This build has no such metric.", tolerance);
            else if (value.ValueKind == JsonValueKind.Null)
                yield return one.Compare(path, tolerance, () => DifferenceFromRefusal(() => number(id, ood)));
            else
                yield return one.Compare(path, tolerance, () => GoldenCase.Absolute([value.GetDouble()], [number(id, ood)]));
        }
        if (scores.Tensors.ContainsKey(set.Name + ".roc_fpr"))
            yield return one.Compare("roc curve", tolerance, () => RocDifference(set.Name, scores, id, ood));
        if (scores.Tensors.ContainsKey(set.Name + ".pr_precision"))
            yield return one.Compare("precision-recall curve", tolerance, () => PrDifference(set.Name, scores, id, ood));
    }

    /// <summary>Every number, and every null, with its path; text is for people.</summary>
    private static IEnumerable<(string Path, JsonElement Value)> Leaves(JsonElement element, string path) =>
        element.EnumerateObject().SelectMany(p => p.Value.ValueKind switch
        {
            JsonValueKind.Object => Leaves(p.Value, path + p.Name + "."),
            JsonValueKind.String => [],
            _ => [(path + p.Name, p.Value)],
        });

    /// <summary>0 where we refuse to give a number as the kit does, else NaN.</summary>
    private static double DifferenceFromRefusal(Func<double> number)
    {
        try
        {
            number();
            return double.NaN;
        }
        catch (ArgumentException)
        {
            return 0;
        }
    }

    private static double RocDifference(string set, SafetensorsFile scores, double[] id, double[] ood)
    {
        var corners = Corners(RocCurve.Of(id, ood).Points);
        return Math.Max(
            GoldenCase.Absolute(GoldenCase.Values(scores, set + ".roc_fpr"), [.. corners.Select(p => p.FalsePositiveRate)]),
            GoldenCase.Absolute(GoldenCase.Values(scores, set + ".roc_tpr"), [.. corners.Select(p => p.TruePositiveRate)]));
    }

    private static double PrDifference(string set, SafetensorsFile scores, double[] id, double[] ood)
    {
        var points = PrecisionRecallCurve.Of(id, ood, PositiveSide.Ood).Points.Reverse().ToArray();        // theirs run backwards
        return Math.Max(
            GoldenCase.Absolute(GoldenCase.Values(scores, set + ".pr_precision"), [.. points.Select(p => p.Precision), 1]),
            GoldenCase.Absolute(GoldenCase.Values(scores, set + ".pr_recall"), [.. points.Select(p => p.Recall), 0]));
    }

    /// <summary>
    /// First threshold at which 95 % of the ID scores are accepted, among those that scikit-learn keeps: where the counts step as
    /// they did before, it drops the point, and the program then takes a later threshold than it need.
    /// </summary>
    private static double CornerThreshold(double[] id, double[] ood)
    {
        double[] thresholds = [.. id.Concat(ood).Distinct().Order()];
        int[] accepted = [.. thresholds.Select(t => id.Count(s => s <= t))], passed = [.. thresholds.Select(t => ood.Count(s => s <= t))];
        bool IsKept(int i) => i == 0 || i == thresholds.Length - 1
            || accepted[i + 1] - 2 * accepted[i] + accepted[i - 1] != 0 || passed[i + 1] - 2 * passed[i] + passed[i - 1] != 0;
        return thresholds[Enumerable.Range(0, thresholds.Length).First(i => IsKept(i) && accepted[i] >= FprAtTpr.UsualTruePositiveRate * id.Length)];
    }

    /// <summary>
    /// The points that scikit-learn keeps: the origin, the first and last of the others, and each where the step differs
    /// from the one before.
    /// </summary>
    private static List<RocPoint> Corners(IReadOnlyList<RocPoint> points)
    {
        const double SameStep = 1e-12;
        bool IsStraight(int i) =>
            Math.Abs(points[i + 1].FalsePositiveRate - 2 * points[i].FalsePositiveRate + points[i - 1].FalsePositiveRate) < SameStep
            && Math.Abs(points[i + 1].TruePositiveRate - 2 * points[i].TruePositiveRate + points[i - 1].TruePositiveRate) < SameStep;
        return [.. points.Where((_, i) => i <= 1 || i == points.Count - 1 || !IsStraight(i))];
    }

    private static double Fpr(double[] id, double[] ood, FprConvention convention) => FprAtTpr.Of(id, ood, convention: convention);

    private static double Threshold(double[] id, double[] ood, FprConvention convention) =>
        FprAtTpr.ThresholdOf(id, ood, convention: convention);
}
