namespace MoodStream.Mood.Drift;

/// <summary>A stream began to drift. Raised once for each episode.</summary>
/// <param name="Test">The test that saw it first, one of <see cref="DriftMonitor.Tests"/>.</param>
/// <param name="Value">What it measured, in its own unit.</param>
/// <param name="Limit">What the value passed.</param>
/// <param name="Images">Images since the monitor last began anew.</param>
public sealed record DriftAlarm(string Test, double Value, double Limit, long Images);

/// <summary>What a test measured last.</summary>
/// <param name="Test">One of <see cref="DriftMonitor.Tests"/>.</param>
/// <param name="Value">In its own unit; larger is further from no change.</param>
/// <param name="Limit">What the value must pass for an alarm.</param>
public readonly record struct DriftReading(string Test, double Value, double Limit);

/// <summary>Where a monitor is.</summary>
public enum DriftState
{
    /// <summary>It looks for drift.</summary>
    Watching,

    /// <summary>An alarm was raised; there is no other until the episode is over, or somebody decides.</summary>
    Drifting,

    /// <summary>The drift was accepted as the new normal: it waits for statistics that were fitted to it.</summary>
    Accepted,
}
