namespace MoodStream.Mood.Evaluation;

/// <summary>Rows by class of a training and a test set that are to have the same classes.</summary>
internal static class ClassRows
{
    /// <exception cref="ArgumentException">Labels are missing, there are fewer than two classes, or the classes
    /// differ.</exception>
    public static (IReadOnlyList<IReadOnlyList<long>> Train, IReadOnlyList<IReadOnlyList<long>> Test) OfBoth(
        EvaluationSet train, EvaluationSet test)
    {
        var (trainRows, testRows) = (train.RowsByClass(), test.RowsByClass());
        return trainRows.Count == testRows.Count && trainRows.Count >= 2
            ? (trainRows, testRows)
            : throw new ArgumentException(
                $"'{train.Name}' has {trainRows.Count} classes and '{test.Name}' {testRows.Count}; "
                + "two or more of each are wanted, and as many in both.");
    }

    /// <summary>The rows of some classes together, and their classes numbered anew in the given order.</summary>
    public static (IReadOnlyList<long> Rows, IReadOnlyList<long> Labels) Of(
        IReadOnlyList<IReadOnlyList<long>> byClass, IReadOnlyList<int> classes) => (
            [.. classes.SelectMany(c => byClass[c])],
            [.. classes.SelectMany((c, now) => Enumerable.Repeat((long)now, byClass[c].Count))]);
}
