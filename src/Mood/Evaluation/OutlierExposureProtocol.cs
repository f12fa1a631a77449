using MoodStream.Mood.Probes;
using static TorchSharp.torch;

namespace MoodStream.Mood.Evaluation;

/// <summary>How outliers are shown to <see cref="OutlierExposureProtocol"/>.</summary>
public sealed record OutlierExposureSettings
{
    /// <summary>Labelled OOD images of each class that are shown, each at least 1. Default 1 and 10.</summary>
    public IReadOnlyList<int> Shown { get; init; } = [1, 10];

    /// <summary>Random draws of the images shown, at least 1. Default 3.</summary>
    public int Draws { get; init; } = 3;

    /// <summary>Seed of the draws.</summary>
    public int Seed { get; init; }
}

/// <summary>
/// Few-shot outlier exposure, the paper's comparison: a probe on frozen features learns the ID classes and, from k
/// labelled images of each, the OOD classes; an image's score is the probability of the OOD classes together. The images
/// shown are not tested with. Detectors that are shown none stand beside it, on the same images.
/// </summary>
/// <remarks>
/// Source: Fort, Ren and Lakshminarayanan 2021, "Exploring the Limits of Out-of-Distribution Detection", section 4;
/// Li et al. 2023, table 9. Differs: a linear probe on frozen features instead of fine-tuning the backbone, and every
/// class weighs alike instead of repeating the few OOD images.
/// </remarks>
public static class OutlierExposureProtocol
{
    /// <summary>Name of the protocol.</summary>
    public const string Name = "outlier-exposure";

    /// <summary>Name in the results of a probe that was shown some images.</summary>
    public static string DetectorName(int shown) => $"outlier-exposure({shown})";

    /// <summary>
    /// A trial for each OOD set and draw, in which the images shown by the largest k of that draw are left out for all.
    /// The plan is disposed before the sets.
    /// </summary>
    /// <param name="idTrain">In-distribution images to fit to, with labels of two classes at the least.</param>
    /// <param name="idTest">In-distribution images to test with.</param>
    /// <param name="oods">Out-of-distribution sets, at least one; without labels, one class.</param>
    /// <param name="settings">How many images are shown.</param>
    /// <param name="classifier">The last layer for logit detectors; null for none.</param>
    /// <exception cref="ArgumentException">There are no ID labels, or a class has too few images.</exception>
    public static TrialPlan Plan(
        EvaluationSet idTrain, EvaluationSet idTest, IReadOnlyList<EvaluationSet> oods, OutlierExposureSettings settings,
        ClassifierChoice? classifier = null)
    {
        if (idTrain.Labels is null) throw new ArgumentException($"'{idTrain.Name}' has no labels; a probe needs them.");
        var layer = classifier?.Invoke(idTrain);
        var exposures = oods.SelectMany(ood => Enumerable.Range(0, settings.Draws).Select(draw =>
            Exposure.Draw(ood, settings.Shown.Max(), settings.Seed * 7919 + draw, $"{ood.Name} draw {draw}"))).ToArray();
        var trials = exposures.Select(e => new Trial(e.Name, idTrain, idTest, [e.Tested]) { Classifier = layer });
        return new ExposurePlan([.. trials], exposures, settings.Shown);
    }
}

/// <summary>Images of one OOD set that are shown, and those that are left to test with.</summary>
internal sealed class Exposure : IDisposable
{
    private readonly EvaluationSet _ood;
    private readonly IReadOnlyList<IReadOnlyList<long>> _shown;

    private Exposure(string name, EvaluationSet ood, IReadOnlyList<IReadOnlyList<long>> shown, EvaluationSet tested) =>
        (Name, _ood, _shown, Tested) = (name, ood, shown, tested);

    public string Name { get; }

    /// <summary>The images that are not shown.</summary>
    public EvaluationSet Tested { get; }

    /// <summary>Draws the images to show.</summary>
    /// <exception cref="ArgumentException">A class has too few images to show some and test with others.</exception>
    public static Exposure Draw(EvaluationSet ood, int most, int seed, string name)
    {
        var byClass = ood.Labels is null
            ? [[.. Enumerable.Range(0, (int)ood.Inputs(Detectors.DetectorInput.Features).shape[0]).Select(i => (long)i)]]
            : ood.RowsByClass();
        var chance = new Random(seed);
        var shown = byClass.Select(rows =>
        {
            var mixed = rows.ToArray();
            chance.Shuffle(mixed);
            return (IReadOnlyList<long>)[.. mixed.Take(most)];
        }).ToArray();
        for (var c = 0; c < byClass.Count; c++)
            if (byClass[c].Count <= most)
                throw new ArgumentException(
                    $"Class {c} of '{ood.Name}' has {byClass[c].Count} images; with {most} shown, none is left to test with.");
        var left = byClass.SelectMany(rows => rows).Except(shown.SelectMany(rows => rows)).Order().ToArray();
        return new Exposure(name, ood, shown, ood.Select(name, left));
    }

    /// <summary>Scores of a probe that was shown k images of each class.</summary>
    public TrialScores Scores(Trial trial, int shown)
    {
        using var scope = NewDisposeScope();
        var input = Detectors.DetectorInput.Features;
        long[] places = [.. _shown.SelectMany(rows => rows.Take(shown))];
        var idClasses = trial.ClassCount;
        var features = cat([trial.IdTrain.Inputs(input), _ood.Inputs(input).index_select(0, tensor(places))], 0);
        var oodLabels = _shown.SelectMany((_, c) => Enumerable.Repeat((long)(idClasses + c), shown)).ToArray();
        var labels = cat([trial.IdTrain.Labels!.cpu(), tensor(oodLabels)], 0);
        using var probe = LinearProbe.Fit(features, labels, new LinearProbeSettings { BalancesClasses = true });
        double[] ScoresOf(EvaluationSet set)
        {
            var logits = probe.Logits(set.Inputs(input));
            var ood = logits.slice(1, idClasses, probe.ClassCount, 1).logsumexp(1);
            return (ood - logits.slice(1, 0, idClasses, 1).logsumexp(1)).data<double>().ToArray();
        }
        return new TrialScores(
            trial, OutlierExposureProtocol.DetectorName(shown), ScoresOf(trial.IdTest),
            [new SetScores(trial.Oods[0].Name, ScoresOf(trial.Oods[0]))]);
    }

    public void Dispose() => Tested.Dispose();
}

/// <summary>A plan whose trials also have probes that were shown outliers, fewest images first.</summary>
internal sealed class ExposurePlan(
    IReadOnlyList<Trial> trials, IReadOnlyList<Exposure> exposures, IReadOnlyList<int> shown)
    : TrialPlan(OutlierExposureProtocol.Name, trials, exposures)
{
    public override IEnumerable<TrialScores> MoreScores(CancellationToken cancellation)
    {
        foreach (var count in shown.Distinct().Order())
        {
            for (var t = 0; t < exposures.Count; t++)
            {
                cancellation.ThrowIfCancellationRequested();
                yield return exposures[t].Scores(Trials[t], count);
            }
        }
    }
}
