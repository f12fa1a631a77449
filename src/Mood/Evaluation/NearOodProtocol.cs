namespace MoodStream.Mood.Evaluation;

/// <summary>How classes are held out for <see cref="NearOodProtocol"/>.</summary>
public sealed record NearOodSettings
{
    /// <summary>Number of random splits, at least 1. Default 5.</summary>
    public int Splits { get; init; } = 5;

    /// <summary>Classes held out as OOD in each split; null for four in ten, rounded, at least one.</summary>
    public int? HeldOut { get; init; }

    /// <summary>Seed of the splits.</summary>
    public int Seed { get; init; }
}

/// <summary>
/// Near-OOD within one data set: some classes are held out and are out-of-distribution, the others in-distribution; the
/// mean over random splits. Camera, size and compression are the same on both sides, so only what is shown can tell
/// them apart.
/// </summary>
/// <remarks>
/// Source: Neal et al. 2018, "Open Set Learning with Counterfactual Images", section 5.1 (six classes in, four out,
/// five splits). Differs: the splits are drawn from the seed. The paper's own near-OOD pairs of two data sets
/// (CIFAR-10 against CIFAR-100) are rows of <see cref="MultiClassProtocol"/>.
/// </remarks>
public static class NearOodProtocol
{
    /// <summary>Name of the protocol.</summary>
    public const string Name = "near-ood";

    private const double UsualHeldOutShare = 0.4;
    private const int MostNamed = 6;

    /// <summary>A trial for each split. The plan is disposed before the sets.</summary>
    /// <param name="train">Training images with labels 0..K−1, each present, K at least 2.</param>
    /// <param name="test">Test images with the same labels, each present.</param>
    /// <param name="settings">How many splits, and of what size.</param>
    /// <param name="classifier">The last layer for logit detectors; null for none.</param>
    /// <exception cref="ArgumentException">Labels are missing, a class is missing from a set, or no class would be
    /// left on a side.</exception>
    public static TrialPlan Plan(
        EvaluationSet train, EvaluationSet test, NearOodSettings settings, ClassifierChoice? classifier = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Splits, 1);
        var (trainRows, testRows) = ClassRows.OfBoth(train, test);
        var count = trainRows.Count;
        var heldOut = settings.HeldOut ?? Math.Max(1, (int)Math.Round(UsualHeldOutShare * count));
        if (heldOut < 1 || heldOut >= count)
            throw new ArgumentException($"{heldOut} of {count} classes cannot be held out; 1 to {count - 1} can.");
        var owned = new List<IDisposable>();
        var trials = new List<Trial>();
        for (var split = 0; split < settings.Splits; split++)
        {
            var classes = Enumerable.Range(0, count).ToArray();
            new Random(settings.Seed * 7919 + split).Shuffle(classes);
            int[] held = [.. classes[..heldOut].Order()], kept = [.. classes[heldOut..].Order()];
            string[] names = [.. held.Select(train.NameOfClass)];
            var sets = SetsOf(train, test, (trainRows, testRows), (kept, held), ($"split {split}", Named(names)));
            owned.AddRange([sets.IdTrain, sets.IdTest, sets.Ood]);
            trials.Add(new Trial($"split {split}", sets.IdTrain, sets.IdTest, [sets.Ood])
            {
                Classifier = classifier?.Invoke(sets.IdTrain), HeldOut = names,
            });
        }
        return new TrialPlan(Name, trials, owned);
    }

    private static (EvaluationSet IdTrain, EvaluationSet IdTest, EvaluationSet Ood) SetsOf(
        EvaluationSet train, EvaluationSet test,
        (IReadOnlyList<IReadOnlyList<long>> Train, IReadOnlyList<IReadOnlyList<long>> Test) rows,
        (int[] Kept, int[] Held) classes, (string Split, string HeldOut) names)
    {
        var (fitRows, fitLabels) = ClassRows.Of(rows.Train, classes.Kept);
        var (idRows, _) = ClassRows.Of(rows.Test, classes.Kept);
        var (oodRows, _) = ClassRows.Of(rows.Test, classes.Held);
        return (
            train.Select($"{train.Name} {names.Split}", fitRows, classes.Kept.Length > 1 ? fitLabels : null),
            test.Select($"{test.Name} {names.Split}", idRows),
            test.Select($"{names.Split}: {names.HeldOut} held out", oodRows));
    }

    /// <summary>The names for a cell of a table: all of a few, the first of many.</summary>
    private static string Named(string[] classes) => classes.Length <= MostNamed
        ? string.Join(", ", classes)
        : $"{string.Join(", ", classes.Take(MostNamed - 1))} and {classes.Length - MostNamed + 1} more";
}
