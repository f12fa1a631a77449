using MoodStream.Bench.Rig;

namespace MoodStream.Bench.Chaos;

/// <summary>How a run under faults goes.</summary>
internal sealed record ChaosSettings
{
    /// <summary>What goes wrong.</summary>
    public required ChaosScenario Scenario { get; init; }

    /// <summary>What is stood up.</summary>
    public required RigSettings Rig { get; init; }

    /// <summary>Images put in.</summary>
    public required int Images { get; init; }
}
