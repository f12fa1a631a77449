using System.ComponentModel.DataAnnotations;
using MoodStream.Mood.Refit;
using MoodStream.Streaming.Settings;

namespace MoodStream.Trainer.Settings;

/// <summary>Which images teach a gate.</summary>
public enum LearningMode
{
    /// <summary>What the gate accepted, unless people said otherwise.</summary>
    Accepted,

    /// <summary>What people confirmed as in-distribution, and nothing else.</summary>
    Confirmed,

    /// <summary>Both, each with its weight.</summary>
    Both,
}

/// <summary>How a gate learns. Sections <c>MoodStream:Trainer:Default</c> and <c>MoodStream:Trainer:Gates:NAME</c>.</summary>
public sealed record LearningSettings : ICheckedSettings
{
    /// <summary>Which images teach the gate: Accepted, Confirmed or Both. Default Both.</summary>
    public LearningMode Mode { get; init; } = LearningMode.Both;

    /// <summary>
    /// Accepted images with a p-value below this do not enter the fit: those are the ones that OOD images hide among. Calibration takes
    /// them all the same. Default 0.05.
    /// </summary>
    [Range(0.0, 0.99)]
    public double GuardPValue { get; init; } = 0.05;

    /// <summary>Weight of an accepted image in the fit, in mode Both. Default 1.</summary>
    [Range(0.001, 1.0)]
    public double AcceptedWeight { get; init; } = 1;

    /// <summary>Weight of a confirmed image in the fit, in mode Both. Default 1.</summary>
    [Range(0.001, 1.0)]
    public double ConfirmedWeight { get; init; } = 1;

    /// <summary>Share of the images that calibrates and is never fitted to; drawn by the image id. Default 0.2.</summary>
    [Range(0.01, 0.9)]
    public double CalibrationShare { get; init; } = 0.2;

    /// <summary>Share of the images that only the guards see; drawn by the image id. Default 0.05.</summary>
    [Range(0.0, 0.5)]
    public double FreshShare { get; init; } = 0.05;

    /// <summary>Seed of the draw that splits the images; nobody who sends images should know it. Default 1.</summary>
    [Range(0L, long.MaxValue)]
    public long SplitSeed { get; init; } = 1;

    /// <summary>
    /// Images that are remembered of each partition, the newest: they make the moments, and can be unlearned. An older one has left the
    /// moments. An image takes two bytes a feature and about 100 besides in Redis and in the trainer. Default 10,000.
    /// </summary>
    [Range(100, 10_000_000)]
    public int WindowImages { get; init; } = 10_000;

    /// <summary>Images put in so much earlier than the newest of their partition leave the window too. Default: any age.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan? WindowAge { get; init; }

    /// <summary>Factor by which every image that arrives makes the earlier ones of its partition count for less. Default 1: all alike.</summary>
    [Range(0.9, 1.0)]
    public double Forgetting { get; init; } = 1;

    /// <summary>When the gate is refitted, and how.</summary>
    public RefitSettings Refit { get; init; } = new();

    /// <summary>What a refit must keep to be activated.</summary>
    public RefitGuardLimits Guards { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<SettingProblem> Check()
    {
        if (CalibrationShare + FreshShare > 0.9)
            yield return new(nameof(FreshShare), FreshShare, $"at most 0.9 together with {nameof(CalibrationShare)}, {CalibrationShare}");
        if (Problem(Guards) is { } problem) yield return new(nameof(Guards), problem, "limits inside the ranges of docs/refit.md");
    }

    private static string? Problem(RefitGuardLimits limits)
    {
        try
        {
            limits.Require();
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }
}

/// <summary>When a gate is refitted, and how.</summary>
public sealed record RefitSettings
{
    /// <summary>Due once so many further images were learned since the last refit. Default 50,000; 0 switches it off.</summary>
    [Range(0L, long.MaxValue)]
    public long AfterImages { get; init; } = 50_000;

    /// <summary>Due once the active version is older. Default: any age.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Due every day at this time, UTC. Default: at none.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "23:59:59")]
    public TimeSpan? DailyAt { get; init; }

    /// <summary>Due when drift is reported. Default true.</summary>
    public bool OnDrift { get; init; } = true;

    /// <summary>A refit that has not ended by then is refused. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Tries of a step after the first one failed; then the refit is refused. Default 3, with growing waits.</summary>
    [Range(0, 20)]
    public int Retries { get; init; } = 3;

    /// <summary>Wait before the first retry; it doubles each time. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>No refit becomes due by itself sooner than this after the last one; a request waits for nothing. Default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(10);
}
