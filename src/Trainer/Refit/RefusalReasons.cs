using MoodStream.Mood.Refit;

namespace MoodStream.Trainer.Refit;

/// <summary>Why a refit is refused, besides the guards. A closed list: a label of a metric, and a table in docs/refit.md.</summary>
internal static class RefusalReasons
{
    /// <summary>The gate has no active version to take detector, promise and classes from.</summary>
    public const string NoActiveVersion = "no_active_version";

    /// <summary>The detector of the active version cannot be fitted from moments.</summary>
    public const string DetectorNeedsImages = "detector_needs_images";

    /// <summary>The moments allow no fit.</summary>
    public const string NotFittable = "not_fittable";

    /// <summary>There are too few calibrating images for the promised rate.</summary>
    public const string CalibrationTooSmall = "calibration_too_small";

    /// <summary>Another version was activated since the fit.</summary>
    public const string Superseded = "superseded";

    /// <summary>People went back to an earlier version, and nobody asked for another since.</summary>
    public const string RolledBack = "rolled_back";

    /// <summary>It did not end in time.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>A step failed, and its retries too.</summary>
    public const string Failed = "failed";

    /// <summary>All reasons, those of the guards included.</summary>
    public static IReadOnlyList<string> All { get; } =
        [NoActiveVersion, DetectorNeedsImages, NotFittable, CalibrationTooSmall, Superseded, RolledBack, TimedOut, Failed, .. RefitGuards.Names];
}
