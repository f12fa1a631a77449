using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Statistics;

/// <summary>Moments and shrinkage against NumPy and scikit-learn (golden/stats).</summary>
public sealed class GoldenStatisticsTests
{
    /// <summary>Raw features are exact in float64; L2-normalised ones were normalised in float32 by the kit.</summary>
    private static double ToleranceOf(string tag) => tag == "raw" ? 1e-12 : 1e-6;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var set in GoldenFeatures.Sets)
                foreach (var tag in new[] { "raw", "l2" })
                    cases.Add(set, tag);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Moments_GoldenSet_AreTheirs(string set, string tag)
    {
        using var scope = NewDisposeScope();
        using var expected = GoldenKit.Tensors("stats", set, "expected.safetensors");
        var (moments, _) = Read(set, tag);
        using var total = moments.Total();
        var tolerance = ToleranceOf(tag);
        Close.Relative(expected.Load($"moments.{tag}.mean"), total.Mean, tolerance, "mean");
        Close.Relative(expected.Load($"moments.{tag}.covariance_population"), total.Covariance(), tolerance, "covariance");
        Close.Relative(expected.Load($"moments.{tag}.class_means"), moments.Means, tolerance, "class means");
        Close.Relative(expected.Load($"moments.{tag}.covariance_within_class_over_n"), moments.TiedCovariance(), tolerance, "tied");
        Close.Relative(expected.Load($"moments.{tag}.eigenvalues_population"), linalg.eigvalsh(total.Covariance()), tolerance, "eigenvalues");
        moments.Dispose();
    }

    [Theory, MemberData(nameof(Cases))]
    public void Shrinkage_GoldenSet_IsTheirs(string set, string tag)
    {
        using var scope = NewDisposeScope();
        using var expected = GoldenKit.Tensors("stats", set, "expected.safetensors");
        var (moments, rows) = Read(set, tag);
        using var total = moments.Total();
        double tolerance = ToleranceOf(tag), n = rows.shape[0];
        var (global, tied) = (total.Covariance(), moments.TiedCovariance());
        var oas = Shrinkage.Oas.Intensity(global, n);
        var ledoitWolf = Shrinkage.LedoitWolf.Intensity(global, n, FourthMoment(rows - total.Mean));
        void Same(string name, double rho) => Close.Relative(expected.Values($"shrinkage.{tag}.{name}.rho"), [rho], tolerance, name);
        Same("oas", oas);
        Same("ledoit_wolf", ledoitWolf);
        Same("oas_within_class", Shrinkage.Oas.Intensity(tied, n));
        var centred = rows - moments.Means.index_select(0, GoldenFeatures.Labels(set));
        Same("ledoit_wolf_within_class", Shrinkage.LedoitWolf.Intensity(tied, n, FourthMoment(centred)));
        Close.Relative(expected.Load($"shrinkage.{tag}.oas.covariance"), Shrinkage.Apply(global, oas), tolerance, "oas");
        Close.Relative(expected.Load($"shrinkage.{tag}.ledoit_wolf.covariance"), Shrinkage.Apply(global, ledoitWolf), tolerance, "lw");
        moments.Dispose();
    }

    private static double FourthMoment(Tensor centred) => centred.square().sum(1).square().mean().item<double>();

    private static (ClassMoments Moments, Tensor Rows) Read(string set, string tag)
    {
        var scaling = tag == "raw" ? FeatureScaling.None : FeatureScaling.UnitLengthWithOffset;
        var rows = new GaussianDetector("kit", new GaussianRecipe { Scaling = scaling }).Scale(GoldenFeatures.Load(set, "train"));
        var labels = GoldenFeatures.Labels(set);
        return (ClassMoments.Of(rows, labels, (int)labels.max().item<long>() + 1), rows);
    }
}
