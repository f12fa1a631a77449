using MoodStream.Mood.Calibration;
using MoodStream.Mood.Detectors;

namespace MoodStream.Mood.Gates;

/// <summary>How gate statistics are fitted.</summary>
public sealed record GateFitSettings
{
    /// <summary>The detector.</summary>
    public Detector Detector { get; init; } = DetectorRegistry.Usual;

    /// <summary>
    /// Promised false-alarm rate, in (0, 1). A calibration set of n images supports 1 / (n + 1) at the least.
    /// </summary>
    public required double TargetFalseAlarmRate { get; init; }

    /// <summary>
    /// Null: the rate is kept on average over calibration sets. Else: it is kept by the set at hand with this confidence,
    /// in (0, 1), which takes more images and alarms less than promised.
    /// </summary>
    public double? Confidence { get; init; }

    /// <summary>What the threshold is to promise.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the confidence is outside (0, 1).</exception>
    internal CalibrationPromise Promise => new(TargetFalseAlarmRate, Confidence);

    /// <summary>
    /// Share of the images that is held out to calibrate, in (0, 1). Default one half, as split conformal prediction is
    /// usually run: shrinkage makes a smaller fit bearable, while the realised false-alarm rate varies as 1 / √n with
    /// the calibration images.
    /// </summary>
    public double CalibrationShare { get; init; } = 0.5;

    /// <summary>Seed of the shuffle that splits the images.</summary>
    public int Seed { get; init; }
}
