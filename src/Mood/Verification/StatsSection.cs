using System.Text.Json;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;
using MoodStream.Mood.Weights;
using static TorchSharp.torch;

namespace MoodStream.Mood.Verification;

/// <summary>
/// Scores of published detectors, and the moments and shrinkage behind them (folder <c>stats</c>). Where a program's own
/// answer changes with the order of the rows, ours must not.
/// </summary>
public sealed class StatsSection : IGoldenSection
{
    private const string Case = "case.json";
    private const string Data = "data.safetensors";
    private const string Expected = "expected.safetensors";

    /// <summary>How far two orders of the same rows may differ, where a program's own answer is ill-posed.</summary>
    private const double StableWithin = 1e-6;

    /// <summary>Raw features are exact in float64; L2-normalised ones were normalised in float32 by the kit.</summary>
    private static readonly (string Tag, FeatureScaling Scaling, double Tolerance)[] Tags =
        [("raw", FeatureScaling.None, 1e-12), ("l2", FeatureScaling.UnitLengthWithOffset, 1e-6)];

    /// <inheritdoc/>
    public string Name => "stats";

    /// <inheritdoc/>
    public IEnumerable<GoldenRow> Verify(string folder) => Directory.EnumerateDirectories(folder)
        .Order(StringComparer.Ordinal).SelectMany(set => new GoldenCase(Name, Path.GetFileName(set)).List(Data, () => Rows(set)));

    private IEnumerable<GoldenRow> Rows(string set)
    {
        var one = new GoldenCase(Name, Path.GetFileName(set));
        using var features = StatsFeatures.Read(Path.Combine(set, Data));
        using var expected = SafetensorsFile.Open(Path.Combine(set, Expected));
        var scores = GoldenCase.Json(Path.Combine(set, Case)).GetProperty("expected").EnumerateObject().ToArray();
        return
        [
            .. scores.Select(score => Compare(one, score, features, expected)),
            .. Tags.SelectMany(tag => MomentRows(one, tag, features, expected)),
        ];
    }

    private static GoldenRow Compare(GoldenCase one, JsonProperty score, StatsFeatures features, SafetensorsFile expected)
    {
        if (StatsScore.NotOffered.TryGetValue(score.Name, out var reason)) return one.NotCompared(score.Name, reason);
        var unstable = score.Value.TryGetProperty("unstable", out var flag) && flag.ValueKind == JsonValueKind.True;
        var tolerance = unstable ? StableWithin : score.Value.GetProperty("suggested_relative_tolerance").GetDouble();
        return one.Compare(unstable ? $"{score.Name} (ours in two orders)" : score.Name, tolerance, () =>
        {
            var known = StatsScore.Find(score.Name, features)
                ?? throw new KeyNotFoundException("This build knows no score of that name.");
            var detector = known.Detector(features, score.Value.GetProperty("what").GetString() ?? "");
            var ours = features.Scores(detector);
            if (unstable) return GoldenCase.Relative(ours, features.Scores(detector, reversed: true));
            double[] theirs = [.. GoldenCase.Values(expected, score.Name + ".id"), .. GoldenCase.Values(expected, score.Name + ".ood")];
            return GoldenCase.Relative(theirs, Array.ConvertAll(ours, value => known.Theirs(value)));
        });
    }

    private static IEnumerable<GoldenRow> MomentRows(
        GoldenCase one, (string Tag, FeatureScaling Scaling, double Tolerance) kind, StatsFeatures features, SafetensorsFile expected)
    {
        using var scope = NewDisposeScope();
        var rows = new GaussianDetector("kit", new GaussianRecipe { Scaling = kind.Scaling }).Scale(features.Train);       // [N, D]
        using var moments = ClassMoments.Of(rows, features.Labels, (int)features.Labels.max().item<long>() + 1);
        using var total = moments.Total();
        var centred = rows - moments.Means.index_select(0, features.Labels);                                               // [N, D]
        Tensor global = total.Covariance(), tied = moments.TiedCovariance();                                               // [D, D]
        double n = rows.shape[0];
        var oas = Shrinkage.Oas.Intensity(global, n);
        var ledoitWolf = Shrinkage.LedoitWolf.Intensity(global, n, FourthMoment(rows - total.Mean));
        (string Name, Func<double[]> Ours)[] outputs =
        [
            ($"moments.{kind.Tag}.mean", () => GoldenCase.Flat(total.Mean)),
            ($"moments.{kind.Tag}.covariance_population", () => GoldenCase.Flat(global)),
            ($"moments.{kind.Tag}.class_means", () => GoldenCase.Flat(moments.Means)),
            ($"moments.{kind.Tag}.covariance_within_class_over_n", () => GoldenCase.Flat(tied)),
            ($"moments.{kind.Tag}.eigenvalues_population", () => GoldenCase.Flat(linalg.eigvalsh(global))),
            ($"shrinkage.{kind.Tag}.oas.rho", () => [oas]),
            ($"shrinkage.{kind.Tag}.ledoit_wolf.rho", () => [ledoitWolf]),
            ($"shrinkage.{kind.Tag}.oas_within_class.rho", () => [Shrinkage.Oas.Intensity(tied, n)]),
            ($"shrinkage.{kind.Tag}.ledoit_wolf_within_class.rho", () => [Shrinkage.LedoitWolf.Intensity(tied, n, FourthMoment(centred))]),
            ($"shrinkage.{kind.Tag}.oas.covariance", () => GoldenCase.Flat(Shrinkage.Apply(global, oas))),
            ($"shrinkage.{kind.Tag}.ledoit_wolf.covariance", () => GoldenCase.Flat(Shrinkage.Apply(global, ledoitWolf))),
        ];
        return [.. outputs.Select(o => one.Compare(o.Name, kind.Tolerance, () => GoldenCase.Relative(GoldenCase.Values(expected, o.Name), o.Ours())))];
    }

    private static double FourthMoment(Tensor centred) => centred.square().sum(1).square().mean().item<double>();
}
