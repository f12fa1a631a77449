using MoodStream.Mood.Gates;
using MoodStream.Mood.Vision;

namespace MoodStream.Scorer.Gates;

/// <summary>What a gate judges with at one moment. Immutable: it is read once per batch and replaced as a whole, so that a batch never mixes two versions.</summary>
/// <param name="Version">Statistics version; 0 where there is none.</param>
/// <param name="Statistics">The statistics; null where there are none that may be used.</param>
/// <param name="Problem">Why there are none; null where there are.</param>
public sealed record GateState(long Version, GateStatistics? Statistics, string? Problem)
{
    /// <summary>Before anything is known.</summary>
    public static GateState Unknown { get; } = new(0, null, "its statistics have not been read yet");
}

/// <summary>A gate at work: its settings, its backbone, and its present state.</summary>
public sealed class Gate(string name, GateSettings settings, Backbone backbone, TimeProvider clock)
{
    private GateState _state = GateState.Unknown;

    /// <summary>The gate's name.</summary>
    public string Name { get; } = name;

    /// <summary>Its settings.</summary>
    public GateSettings Settings { get; } = settings;

    /// <summary>Its backbone; used on the device thread only, except for its recipe and hash.</summary>
    public Backbone Backbone { get; } = backbone;

    /// <summary>The state to judge a batch with; statistics that have grown too old are none.</summary>
    public GateState Read()
    {
        var state = Volatile.Read(ref _state);
        if (state.Statistics is not { } statistics || Settings.MaxStatisticsAge is not { } limit) return state;
        var age = clock.GetUtcNow() - statistics.Provenance.FittedAt;
        return age <= limit ? state : state with { Statistics = null, Problem = $"its statistics (version {state.Version}) are {age:d\\.hh\\:mm\\:ss} old; the limit is {limit}" };
    }

    /// <summary>Whether images wait while there are no statistics that may be used, rather than go to review.</summary>
    public bool WaitsForStatistics => Settings.WithoutStatistics == WithoutStatistics.Hold;

    /// <summary>Whether images wait now.</summary>
    public bool Holds => WaitsForStatistics && Read().Statistics is null;

    /// <summary>Replaces the state; on the device thread, between batches, since the old statistics are disposed.</summary>
    internal void Replace(GateState state) => Interlocked.Exchange(ref _state, state).Statistics?.Dispose();
}
