namespace MoodStream.Mood.Metrics;

/// <summary>One distinct score, and how many images of each side have it.</summary>
/// <param name="Score">OOD score; larger is further out.</param>
/// <param name="Id">In-distribution images with exactly this score.</param>
/// <param name="Ood">Out-of-distribution images with exactly this score.</param>
internal readonly record struct ScoreStep(double Score, int Id, int Ood);

/// <summary>Sorts two sides of scores into steps of equal scores, so that every metric treats ties alike.</summary>
internal static class ScoreSteps
{
    /// <summary>The distinct scores of both sides, largest first.</summary>
    /// <exception cref="ArgumentException">A side is empty or holds a NaN.</exception>
    /// <remarks>Cost: O(n log n). Thread-safety: pure.</remarks>
    public static List<ScoreStep> Descending(ReadOnlySpan<double> idScores, ReadOnlySpan<double> oodScores)
    {
        double[] id = Sorted(idScores, nameof(idScores)), ood = Sorted(oodScores, nameof(oodScores));
        var steps = new List<ScoreStep>();
        int i = id.Length, o = ood.Length;
        while (i > 0 || o > 0)
        {
            var score = i == 0 ? ood[o - 1] : o == 0 ? id[i - 1] : Math.Max(id[i - 1], ood[o - 1]);
            int iBefore = i, oBefore = o;
            while (i > 0 && id[i - 1] == score) i--;
            while (o > 0 && ood[o - 1] == score) o--;
            steps.Add(new ScoreStep(score, iBefore - i, oBefore - o));
        }
        return steps;
    }

    /// <summary>A sorted copy, smallest first.</summary>
    /// <exception cref="ArgumentException">There is no score, or one is NaN.</exception>
    public static double[] Sorted(ReadOnlySpan<double> scores, string parameter)
    {
        if (scores.IsEmpty) throw new ArgumentException("There is no score.", parameter);
        for (var i = 0; i < scores.Length; i++)
            if (double.IsNaN(scores[i])) throw new ArgumentException($"Score {i} is NaN.", parameter);
        var sorted = scores.ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
