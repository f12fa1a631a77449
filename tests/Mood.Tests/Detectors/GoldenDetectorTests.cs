using System.Text.Json;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;
using MoodStream.MoodTests.Statistics;
using static TorchSharp.torch;

namespace MoodStream.MoodTests.Detectors;

/// <summary>Scores against scikit-learn, the MOOD release, OpenOOD and Mahalanobis++ (golden/stats).</summary>
public sealed class GoldenDetectorTests
{
    private static readonly GaussianRecipe Tied = new();
    private static readonly GaussianRecipe Global = new() { UsesLabels = false };
    private static readonly GaussianRecipe PopulationTied = Tied with { Shrinkage = Shrinkage.None, RelativeEigenCut = 1e-10 };
    private static readonly GaussianRecipe PopulationGlobal = PopulationTied with { UsesLabels = false };
    private static readonly GaussianRecipe Parity = ((GaussianDetector)DetectorRegistry.MoodParity).Recipe;
    private static readonly GaussianRecipe PlusPlus = ((GaussianDetector)DetectorRegistry.MahalanobisPlusPlus).Recipe;

    /// <summary>Name in the kit, our recipe, and the sign that turns theirs into "larger is further out".</summary>
    private static readonly (string Name, GaussianRecipe Recipe, int Sign)[] Formulas =
    [
        ("mahalanobis_global_oas_raw", Global, 1),
        ("mahalanobis_global_ledoit_wolf_raw", Global with { Shrinkage = Shrinkage.LedoitWolf }, 1),
        ("mahalanobis_tied_oas_raw", ((GaussianDetector)DetectorRegistry.Mahalanobis).Recipe, 1),
        ("mahalanobis_tied_ledoit_wolf_raw", Tied with { Shrinkage = Shrinkage.LedoitWolf }, 1),
        ("mahalanobis_global_oas_l2", PlusPlus with { UsesLabels = false }, 1),
        ("mahalanobis_global_ledoit_wolf_l2", PlusPlus with { UsesLabels = false, Shrinkage = Shrinkage.LedoitWolf }, 1),
        ("mahalanobis_tied_oas_l2", PlusPlus, 1),
        ("mahalanobis_tied_ledoit_wolf_l2", PlusPlus with { Shrinkage = Shrinkage.LedoitWolf }, 1),
        ("mood_mahalanobis_raw", PopulationGlobal, 1),
        ("mood_mahalanobis_l2", Parity, 1),
        ("eigencut_1e-10_l2", Parity, 1),
        ("eigencut_1e-06_l2", Parity with { RelativeEigenCut = 1e-6 }, 1),
        ("openood_mds", PopulationTied, -1),
        ("mpp_maha", PopulationTied, -1),
        ("mpp_maha_plusplus", PopulationTied with { Scaling = FeatureScaling.UnitLength }, -1),
    ];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var set in GoldenFeatures.Sets)
                foreach (var formula in Formulas)
                    cases.Add(set, formula.Name);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Score_GoldenSet_IsTheirsOrWhereTheirsIsIllPosedStable(string set, string name)
    {
        using var scope = NewDisposeScope();
        var entry = GoldenKit.Json("stats", set, "case.json").GetProperty("expected").GetProperty(name);
        var (_, recipe, sign) = Formulas.Single(f => f.Name == name);
        var ours = Scores(recipe, set, reversed: false);
        if (entry.TryGetProperty("unstable", out var unstable) && unstable.ValueKind == JsonValueKind.True)
        {
            Close.Relative(ours, Scores(recipe, set, reversed: true), 1e-6, name);
            return;
        }
        using var expected = GoldenKit.Tensors("stats", set, "expected.safetensors");
        double[] theirs = [.. expected.Values(name + ".id"), .. expected.Values(name + ".ood")];
        Close.Relative([.. theirs.Select(s => s * sign)], ours, entry.GetProperty("suggested_relative_tolerance").GetDouble(), name);
    }

    private static double[] Scores(GaussianRecipe recipe, string set, bool reversed)
    {
        Tensor train = GoldenFeatures.Load(set, "train"), labels = GoldenFeatures.Labels(set);
        if (reversed) (train, labels) = (train.flip(0), labels.flip(0));
        using var fitted = new GaussianDetector("kit", recipe).Fit(train, labels);
        return [.. fitted.Score(GoldenFeatures.Load(set, "test_id")).Scores, .. fitted.Score(GoldenFeatures.Load(set, "test_ood")).Scores];
    }
}
