using System.ComponentModel.DataAnnotations;
using MoodStream.Mood.Drift;
using MoodStream.Streaming.Settings;

namespace MoodStream.Trainer.Drift;

/// <summary>How streams are watched for drift. Section <c>MoodStream:Drift</c>.</summary>
public sealed record DriftWatchSettings : ICheckedSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "MoodStream:Drift";

    /// <summary>Whether streams are watched. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Most pairs of a gate and a source that are watched; beyond, the one that was quiet longest is given up. About 10 KiB and a
    /// row of doubles each. Default 1,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxSources { get; init; } = 1000;

    /// <summary>
    /// How long an image waits until those of the other topic are there too, so that accepted images and images for review are seen
    /// in the order in which they were scored. Default 5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Seed of the draws that smooth p-values. Default 1.</summary>
    [Range(0L, long.MaxValue)]
    public long Seed { get; init; } = 1;

    /// <summary>Images of a window that is compared with the calibration. Default 500.</summary>
    [Range(50, 100_000)]
    public int Window { get; init; } = 500;

    /// <summary>Images without any sign of drift after which an episode is over. Default 2,000.</summary>
    [Range(1, 10_000_000)]
    public int CoolDown { get; init; } = 2000;

    /// <summary>Under no change a source has one false alarm of the martingale in so many images at the most. Default 10,000,000.</summary>
    [Range(100, 1_000_000_000_000)]
    public double ImagesPerFalseAlarm { get; init; } = 1e7;

    /// <summary>How far the mean feature of a window may lie from the statistics, in units of √D whitened deviations. Default 0.25.</summary>
    [Range(0.01, 100)]
    public double MeanShift { get; init; } = 0.25;

    /// <summary>Most sources with series of their own in the metrics; all others share one. Default 100.</summary>
    [Range(0, 10_000)]
    public int MaxSourceLabels { get; init; } = 100;

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> Check()
    {
        if (CoolDown <= Window) yield return new(nameof(CoolDown), CoolDown, $"more than {nameof(Window)}, {Window}");
    }

    /// <summary>What the monitors are made with.</summary>
    internal DriftSettings Monitor => new()
    {
        Window = Window, CoolDown = CoolDown, ImagesPerFalseAlarm = ImagesPerFalseAlarm, MeanShift = MeanShift,
    };
}
