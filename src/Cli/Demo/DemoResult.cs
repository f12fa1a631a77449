using MoodStream.Contracts;
using MoodStream.Mood.Calibration;
using MoodStream.Mood.Detectors;
using MoodStream.Mood.Metrics;
using static TorchSharp.torch;

namespace MoodStream.Cli.Demo;

/// <summary>How often one kind of out-of-distribution image was sent to review.</summary>
internal sealed record DetectionRow(string Kind, int Images, int Detected, double DetectionRate);

/// <summary>What the demo's stream came to.</summary>
internal sealed record DemoResult(
    string Traffic, int ImagesIn, int Accepted, int Review, int DeadLetter, int Lost, int Duplicates, int ForeignImages,
    double PromisedFalseAlarmRate, double? FalseAlarmRate, double? FalseAlarmRateLow, double? FalseAlarmRateHigh,
    int DistinctIdImages, int FalseAlarms, int CalibrationImages,
    double? DetectionRate, IReadOnlyList<DetectionRow> DetectionByKind, double? Auroc, double? AurocPixels,
    double ImagesPerSecond, double? LatencyMsP50, double? LatencyMsP99, double Seconds,
    long StatisticsVersion, string ModelHash);

/// <summary>Sums a tally up.</summary>
internal static class DemoSummary
{
    private const double Confidence = 0.99;

    /// <summary>Every number of the result; those that the stream was too short for are null.</summary>
    /// <param name="traffic">Name of the traffic.</param>
    /// <param name="tally">The books.</param>
    /// <param name="gate">The gate as it was published.</param>
    /// <param name="elapsed">Time the stream ran.</param>
    public static DemoResult Of(string traffic, DemoTally tally, PublishedGate gate, TimeSpan elapsed)
    {
        var images = tally.Images;
        // A repeated image says nothing new: only its first verdict counts.
        var scored = images.Where(i => i.Result?.Score is not null).DistinctBy(i => i.Traffic.Identity).ToArray();
        var (id, ood) = (scored.Where(i => i.Traffic.Truth is null).ToArray(), scored.Where(i => i.Traffic.Truth is not null).ToArray());
        var falseAlarms = id.Count(Reviewed);
        FalseAlarmInterval? interval = id.Length == 0 ? null : FalseAlarmInterval.Exact(falseAlarms, id.Length, gate.CalibrationImages, Confidence);
        var kinds = ood.GroupBy(i => i.Traffic.Truth!).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new DetectionRow(g.Key, g.Count(), g.Count(Reviewed), Rate(g.Count(Reviewed), g.Count()))).ToArray();
        double[] latencies = [.. images.Where(i => i.EndedIn is not null).Select(i => i.Latency.TotalMilliseconds).Order()];
        var both = id.Length > 0 && ood.Length > 0;
        return new(
            traffic, tally.In, Count(Topics.Accepted), Count(Topics.Review), Count(Topics.DeadLetters), tally.Outstanding, tally.Duplicates, tally.Foreign,
            gate.PromisedFalseAlarmRate, id.Length == 0 ? null : Rate(falseAlarms, id.Length), interval?.Low, interval?.High,
            id.Length, falseAlarms, gate.CalibrationImages,
            ood.Length == 0 ? null : Rate(ood.Count(Reviewed), ood.Length), kinds,
            both ? RocCurve.AurocOf(Scores(id), Scores(ood)) : null, both ? PixelAuroc(gate.Pixels, id, ood) : null,
            tally.Ended / elapsed.TotalSeconds, Quantile(latencies, 0.5), Quantile(latencies, 0.99), elapsed.TotalSeconds,
            gate.Version, gate.ModelHash);

        int Count(string topic) => images.Count(i => i.EndedIn == topic);
    }

    private static bool Reviewed(DemoImage image) => image.EndedIn == Topics.Review;

    private static double Rate(int part, int whole) => (double)part / whole;

    private static double[] Scores(DemoImage[] images) => [.. images.Select(i => i.Result!.Score!.Value)];

    private static double? PixelAuroc(FittedDetector floor, DemoImage[] id, DemoImage[] ood)
    {
        var (idPixels, oodPixels) = (Pixels(id), Pixels(ood));
        if (idPixels.Length == 0 || oodPixels.Length == 0) return null;
        return RocCurve.AurocOf(ScoresOf(floor, idPixels), ScoresOf(floor, oodPixels));
    }

    private static float[][] Pixels(DemoImage[] images) => [.. images.Where(i => i.Pixels is not null).Select(i => i.Pixels!)];

    private static double[] ScoresOf(FittedDetector floor, float[][] pixels)
    {
        using var inputs = tensor(pixels.SelectMany(p => p).ToArray(), [pixels.Length, PixelFeatures.Count]);
        return floor.Score(inputs).Scores;
    }

    /// <summary>The smallest value that at least the share of the sorted values does not exceed.</summary>
    private static double? Quantile(double[] sorted, double share) =>
        sorted.Length == 0 ? null : sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
