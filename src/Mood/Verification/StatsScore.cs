using System.Globalization;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Statistics;

namespace MoodStream.Mood.Verification;

/// <summary>
/// How each reference program's score follows from one of ours: the detector with that program's settings, and what turns
/// our score, larger further out, into the number that the program prints.
/// </summary>
/// <param name="Detector">The detector, by the features and the program's own definition.</param>
/// <param name="Theirs">Their number for one of ours.</param>
internal sealed record StatsScore(Func<StatsFeatures, string, Detector> Detector, Func<double, double> Theirs)
{
    private const double RelativeCut = 1e-10;
    private const double PytorchOodRidge = 1e-6;
    private const double GenGamma = 0.1;

    private static readonly GaussianRecipe Tied = new();
    private static readonly GaussianRecipe Global = new() { UsesLabels = false };
    private static readonly GaussianRecipe Population = Tied with { Shrinkage = Shrinkage.None, RelativeEigenCut = RelativeCut };
    private static readonly GaussianRecipe Parity = ((GaussianDetector)DetectorRegistry.MoodParity).Recipe;
    private static readonly GaussianRecipe PlusPlus = ((GaussianDetector)DetectorRegistry.MahalanobisPlusPlus).Recipe;

    /// <summary>By the program's name in a kit; those that are there for us to refuse are not.</summary>
    public static IReadOnlyDictionary<string, StatsScore> ByName { get; } = new Dictionary<string, StatsScore>
    {
        ["mahalanobis_global_oas_raw"] = Same(Gaussian(Global)),
        ["mahalanobis_global_ledoit_wolf_raw"] = Same(Gaussian(Global with { Shrinkage = Shrinkage.LedoitWolf })),
        ["mahalanobis_tied_oas_raw"] = Same(Registered("mahalanobis")),
        ["mahalanobis_tied_ledoit_wolf_raw"] = Same(Gaussian(Tied with { Shrinkage = Shrinkage.LedoitWolf })),
        ["mahalanobis_global_oas_l2"] = Same(Gaussian(PlusPlus with { UsesLabels = false })),
        ["mahalanobis_global_ledoit_wolf_l2"] =
            Same(Gaussian(PlusPlus with { UsesLabels = false, Shrinkage = Shrinkage.LedoitWolf })),
        ["mahalanobis_tied_oas_l2"] = Same(Registered("mahalanobis++")),
        ["mahalanobis_tied_ledoit_wolf_l2"] = Same(Gaussian(PlusPlus with { Shrinkage = Shrinkage.LedoitWolf })),
        ["mood_mahalanobis_raw"] = Same(Gaussian(Population with { UsesLabels = false })),
        ["mood_mahalanobis_l2"] = Same(Registered("mood-parity")),
        ["eigencut_1e-10_l2"] = Same(Gaussian(Parity)),
        ["eigencut_1e-06_l2"] = Same(Gaussian(Parity with { RelativeEigenCut = 1e-6 })),
        ["mood_euclidean_l2"] = Same(Registered("euclidean")),
        ["mood_l1_l2"] = Same(Registered("manhattan")),
        ["mood_chebyshev_l2"] = Same(Registered("chebyshev")),
        ["ssd_one_cluster"] = Same(Registered("ssd")),
        ["pytorch_ood_vim"] = Same((_, what) => new VimDetector("vim", StatsFeatures.NumberIn(what))),
        ["pytorch_ood_knn1"] = Same(Neighbour(1, FeatureScaling.None)),
        ["pytorch_ood_energy"] = Same(Registered("energy")),
        ["pytorch_ood_entropy"] = Same(Registered("entropy")),
        ["pytorch_ood_maxlogit"] = Same(Registered("max-logit")),
        ["pytorch_ood_msp"] = new(Registered("msp"), ours => ours - 1),
        ["openood_mds"] = Negated(Gaussian(Population)),
        ["openood_rmds"] = Negated((_, _) => new RelativeDetector("rmds", Population)),
        ["openood_vim"] = Negated((_, what) => new VimDetector("vim", StatsFeatures.NumberIn(what))),
        ["openood_residual"] = Negated((_, what) => new ResidualDetector("residual", StatsFeatures.NumberIn(what))),
        ["openood_energy"] = Negated(Registered("energy")),
        ["openood_energy_T2"] = Negated((_, _) => new LogitDetector("energy", LogitScores.Energy(2))),
        ["openood_msp"] = new(Registered("msp"), ours => 1 - ours),
        ["openood_maxlogit"] = Negated(Registered("max-logit")),
        ["openood_gradnorm"] = Negated(Registered("gradnorm")),
        ["openood_gen"] =
            Negated((_, what) => new LogitDetector("gen", LogitScores.GeneralisedEntropy(GenGamma, StatsFeatures.NumberIn(what)))),
        ["mpp_maha"] = Negated(Gaussian(Population)),
        ["mpp_maha_plusplus"] = Negated(Gaussian(Population with { Scaling = FeatureScaling.UnitLength })),
        ["mpp_rel_maha"] = Negated((_, _) => new RelativeDetector("rmd", Population)),
        ["mpp_rel_maha_plusplus"] =
            Negated((_, _) => new RelativeDetector("rmd++", Population with { Scaling = FeatureScaling.UnitLength })),
        ["mpp_neco"] = Negated(Registered("neco")),
    };

    /// <summary>Programs whose number no detector of ours gives, and why.</summary>
    public static IReadOnlyDictionary<string, string> NotOffered { get; } = new Dictionary<string, string>
    {
        ["pytorch_ood_rmd"] = "that version never divides its background covariance by n",
        ["openood_she"] = "this build has no such detector",
        ["mpp_gmm"] = "this build has no covariance for each class",
    };

    /// <summary>The entry for a name; k-nearest-neighbour programs carry their k in it.</summary>
    public static StatsScore? Find(string name, StatsFeatures features)
    {
        const string neighbours = "openood_knn", pytorchMahalanobis = "pytorch_ood_mahalanobis";
        if (name.StartsWith(neighbours, StringComparison.Ordinal)
            && int.TryParse(name[neighbours.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var k))
            return new(Neighbour(k, FeatureScaling.UnitLength), ours => -ours * ours);
        if (name == pytorchMahalanobis) return PytorchMahalanobis(features);
        return ByName.GetValueOrDefault(name);
    }

    /// <summary>
    /// Half the squared distance with W / (n − 1) + 1e-6 I. That covariance is n / (n − 1) times Σ + c I, c = 1e-6 (n − 1) / n,
    /// and Σ + c I is S_ρ / (1 − ρ) with ρ = c / (m + c), m the mean variance: so it is a shrunk distance, scaled.
    /// </summary>
    private static StatsScore PytorchMahalanobis(StatsFeatures features)
    {
        double n = features.Count, ridge = PytorchOodRidge * (n - 1) / n;
        using var moments = ClassMoments.Of(
            features.Train.to(TorchSharp.torch.ScalarType.Float64), features.Labels, (int)features.Labels.max().item<long>() + 1);
        using var tied = moments.TiedCovariance();
        using var diagonal = tied.diagonal();
        var intensity = ridge / (Reduce.Total(diagonal) / tied.shape[0] + ridge);
        return new(Gaussian(Tied with { Shrinkage = Shrinkage.Fixed(intensity) }), ours => ours * (1 - intensity) * (n - 1) / n / 2);
    }

    private static StatsScore Same(Func<StatsFeatures, string, Detector> detector) => new(detector, ours => ours);

    private static StatsScore Negated(Func<StatsFeatures, string, Detector> detector) => new(detector, ours => -ours);

    private static Func<StatsFeatures, string, Detector> Gaussian(GaussianRecipe recipe) => (_, _) => new GaussianDetector("kit", recipe);

    private static Func<StatsFeatures, string, Detector> Registered(string name) => (_, _) => DetectorRegistry.Get(name);

    private static Func<StatsFeatures, string, Detector> Neighbour(int k, FeatureScaling scaling) =>
        (_, _) => new NeighbourDetector("knn", new NeighbourRecipe { Neighbour = k, Scaling = scaling });
}
