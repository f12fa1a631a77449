namespace MoodStream.Gateway.Review.Scores;

/// <summary>Scores of the calibration images of one statistics version: held-out in-distribution images, counted in bins of equal width.</summary>
internal sealed record ScoreDistribution
{
    /// <summary>Bins of a distribution.</summary>
    public const int Bins = 48;

    /// <summary>Gate.</summary>
    public required string Gate { get; init; }

    /// <summary>Statistics version.</summary>
    public required long Version { get; init; }

    /// <summary>Number of images.</summary>
    public required int Count { get; init; }

    /// <summary>Accepted if the score is at most this.</summary>
    public required double Threshold { get; init; }

    /// <summary>Least score: where the first bin begins.</summary>
    public required double Low { get; init; }

    /// <summary>Largest score: where the last bin ends.</summary>
    public required double High { get; init; }

    /// <summary>Images in each bin; the last one has its upper end. A single bin where all scores are equal.</summary>
    public required IReadOnlyList<int> Counts { get; init; }

    /// <summary>The distribution of a version.</summary>
    public static ScoreDistribution Of(string gate, long version, CalibrationScores calibration)
    {
        var (low, high) = (calibration.Scores[0], calibration.Scores[^1]);
        var counts = new int[high > low ? Bins : 1];
        foreach (var score in calibration.Scores)
            counts[high > low ? Math.Min(Bins - 1, (int)((score - low) / (high - low) * Bins)) : 0]++;
        return new()
        {
            Gate = gate, Version = version, Count = calibration.Scores.Length, Threshold = calibration.Threshold,
            Low = low, High = high, Counts = counts,
        };
    }
}
