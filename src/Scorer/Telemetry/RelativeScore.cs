using MoodStream.Mood.Gates;

namespace MoodStream.Scorer.Telemetry;

/// <summary>Scores of any detector on one scale, so that one set of histogram buckets fits them all.</summary>
internal static class RelativeScore
{
    /// <summary>
    /// Buckets between a typical image and far beyond the threshold; 1 is a bound, so that the share above it is the share in review.
    /// </summary>
    public static double[] Buckets { get; } = [-1, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 10, 30];

    /// <summary>(score − median of the calibration scores) / (threshold − that median); null where calibration has no spread.</summary>
    public static double? Of(GateStatistics statistics, double score)
    {
        var calibration = statistics.Calibration.Scores;
        var median = calibration[calibration.Length / 2];
        var spread = statistics.Threshold - median;
        return spread > 0 ? (score - median) / spread : null;
    }
}
