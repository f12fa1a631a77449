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
    /// Share of the images that is held out to calibrate, in (0, 1). Default one half, as split conformal prediction is
    /// usually run: shrinkage makes a smaller fit bearable, while the realised false-alarm rate varies as 1 / √n with
    /// the calibration images.
    /// </summary>
    public double CalibrationShare { get; init; } = 0.5;

    /// <summary>Seed of the shuffle that splits the images.</summary>
    public int Seed { get; init; }
}
