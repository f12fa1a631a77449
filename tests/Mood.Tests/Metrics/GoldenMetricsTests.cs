using System.Text.Json;
using MoodStream.Mood.Metrics;

namespace MoodStream.MoodTests.Metrics;

/// <summary>Metrics against scikit-learn, OpenOOD, the MOOD release and ViM (golden/metrics).</summary>
public sealed class GoldenMetricsTests
{
    private const double Tolerance = 1e-12;

    public static TheoryData<string> Sets =>
    [
        "no_ties", "integer_ties", "rounded_ties", "separable", "reversed", "all_equal", "tiny", "one_each", "exactly_20_id",
        "negative_scores_imbalanced",
    ];

    [Theory, MemberData(nameof(Sets))]
    public void Auroc_GoldenSet_IsTheirs(string set)
    {
        var (id, ood, expected) = Read(set);
        Assert.Equal(Number(expected, "auroc"), RocCurve.AurocOf(id, ood), Tolerance);
        Assert.Equal(Number(expected, "openood", "auroc"), RocCurve.AurocOf(id, ood), Tolerance);
        Assert.Equal(Number(expected, "mood", "auroc"), RocCurve.AurocOf(id, ood), Tolerance);
    }

    [Theory, MemberData(nameof(Sets))]
    public void AveragePrecision_GoldenSet_IsTheirsBothWays(string set)
    {
        var (id, ood, expected) = Read(set);
        Assert.Equal(Number(expected, "average_precision_ood_positive"), AveragePrecision.OodPositive(id, ood), Tolerance);
        Assert.Equal(Number(expected, "average_precision_id_positive"), AveragePrecision.IdPositive(id, ood), Tolerance);
    }

    [Theory, MemberData(nameof(Sets))]
    public void TrapezoidArea_GoldenSet_IsOpenOods(string set)
    {
        var (id, ood, expected) = Read(set);
        double AreaOf(PositiveSide side) => PrecisionRecallCurve.Of(id, ood, side).TrapezoidArea;
        Assert.Equal(Number(expected, "openood", "aupr_in_trapezoid"), AreaOf(PositiveSide.Id), Tolerance);
        Assert.Equal(Number(expected, "openood", "aupr_out_trapezoid"), AreaOf(PositiveSide.Ood), Tolerance);
    }

    [Theory, MemberData(nameof(Sets))]
    public void FprAtTpr_GoldenSet_IsTheirsInEveryConvention(string set)
    {
        var (id, ood, expected) = Read(set);
        double Of(FprConvention convention) => FprAtTpr.Of(id, ood, convention: convention);
        Assert.Equal(Number(expected, "openood_fpr_recall", "fpr_at_95_id_recall"), FprAtTpr.Of(id, ood), Tolerance);
        Assert.Equal(Number(expected, "openood", "fpr95_ood_positive"), Of(FprConvention.OodPositive), Tolerance);
        Assert.Equal(Number(expected, "mood", "fpr95_id_accepted"), Of(FprConvention.IdPositiveInterpolated), Tolerance);
        if (expected.GetProperty("vim").GetProperty("fpr95_id_accepted").ValueKind == JsonValueKind.Null)
            Assert.Throws<ArgumentException>(() => Of(FprConvention.IdPositiveRoundedDown));
        else
            Assert.Equal(Number(expected, "vim", "fpr95_id_accepted"), Of(FprConvention.IdPositiveRoundedDown), Tolerance);
    }

    [Theory, MemberData(nameof(Sets))]
    public void Points_GoldenSet_HoldTheirPoints(string set)
    {
        using var file = GoldenKit.Tensors("metrics", "scores.safetensors");
        if (!file.Tensors.ContainsKey(set + ".roc_fpr")) return;                 // the long set has no curve in the kit
        var (id, ood, _) = Read(set);
        var roc = RocCurve.Of(id, ood).Points;
        foreach (var (fpr, tpr) in file.Values(set + ".roc_fpr").Zip(file.Values(set + ".roc_tpr")))
            Assert.Contains(roc, p => Math.Abs(p.FalsePositiveRate - fpr) <= Tolerance && Math.Abs(p.TruePositiveRate - tpr) <= Tolerance);
        var curve = PrecisionRecallCurve.Of(id, ood, PositiveSide.Ood).Points;
        foreach (var (precision, recall) in file.Values(set + ".pr_precision").Zip(file.Values(set + ".pr_recall")).SkipLast(1))
            Assert.Contains(curve, p => Math.Abs(p.Precision - precision) <= Tolerance && Math.Abs(p.Recall - recall) <= Tolerance);
    }

    private static (double[] Id, double[] Ood, JsonElement Expected) Read(string set)
    {
        using var file = GoldenKit.Tensors("metrics", "scores.safetensors");
        var expected = GoldenKit.Json("metrics", "expected.json").GetProperty("sets").GetProperty(set);
        return (file.Values(set + ".id"), file.Values(set + ".ood"), expected);
    }

    private static double Number(JsonElement element, params string[] path) =>
        path.Aggregate(element, (e, name) => e.GetProperty(name)).GetDouble();
}
