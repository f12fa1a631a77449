namespace MoodStream.Mood.Evaluation;

/// <summary>
/// The paper's one-class protocol: each class in turn is in-distribution; its test images stand against those of every
/// other class separately; the mean over the other classes, then over the classes.
/// </summary>
/// <remarks>
/// Source: Li et al. 2023, "Rethinking Out-of-distribution (OOD) Detection", section 4, and its release. Differs:
/// nothing.
/// </remarks>
public static class OneClassProtocol
{
    /// <summary>Name of the protocol.</summary>
    public const string Name = "one-class";

    /// <summary>A trial for each class. The plan is disposed before the sets.</summary>
    /// <param name="train">Training images with labels 0..K−1, each present, K at least 2.</param>
    /// <param name="test">Test images with the same labels, each present.</param>
    /// <exception cref="ArgumentException">Labels are missing, there are fewer than two classes, or a class is missing
    /// from a set.</exception>
    public static TrialPlan Plan(EvaluationSet train, EvaluationSet test)
    {
        var (trainRows, testRows) = ClassRows.OfBoth(train, test);
        EvaluationSet[] fits = [.. trainRows.Select((rows, c) => train.Select($"{train.Name} {c}", rows))];
        EvaluationSet[] tests = [.. testRows.Select((rows, c) => test.Select($"{test.Name} {c}", rows))];
        var trials = fits.Select((fit, c) => new Trial(train.NameOfClass(c), fit, tests[c], [.. tests.Where((_, o) => o != c)])
        {
            MeanOver = $"all but {train.NameOfClass(c)}", Class = c,
        });
        return new TrialPlan(Name, [.. trials], [.. fits, .. tests]);
    }
}
