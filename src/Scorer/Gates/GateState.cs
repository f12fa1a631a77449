using System.Globalization;
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
    private long _confirmed = clock.GetTimestamp();

    /// <summary>The gate's name.</summary>
    public string Name { get; } = name;

    /// <summary>Its settings.</summary>
    public GateSettings Settings { get; } = settings;

    /// <summary>Its backbone; used on the device thread only, except for its recipe and hash.</summary>
    public Backbone Backbone { get; } = backbone;

    /// <summary>Memory for the inputs of its backbone.</summary>
    public InputBuffers Inputs { get; } = new(3 * backbone.Recipe.OutputHeight * backbone.Recipe.OutputWidth);

    /// <summary>The state to judge a batch with; statistics that have grown too old, or that nobody has confirmed for too long, are none.</summary>
    public GateState Read()
    {
        var state = Volatile.Read(ref _state);
        return state.Statistics is { } statistics && ProblemOf(state.Version, statistics) is { } problem
            ? state with { Statistics = null, Problem = problem }
            : state;
    }

    /// <summary>How long ago the registry last said that what the gate judges with is active.</summary>
    public TimeSpan UnconfirmedFor => clock.GetElapsedTime(Volatile.Read(ref _confirmed));

    /// <summary>Whether images wait while there are no statistics that may be used, rather than go to review.</summary>
    public bool WaitsForStatistics => Settings.WithoutStatistics == WithoutStatistics.Hold;

    /// <summary>Whether images wait now.</summary>
    public bool Holds => WaitsForStatistics && Read().Statistics is null;

    /// <summary>The registry says that what the gate judges with is active.</summary>
    internal void Confirm() => Volatile.Write(ref _confirmed, clock.GetTimestamp());

    /// <summary>Replaces the state; on the device thread, between batches, since the old statistics are disposed.</summary>
    internal void Replace(GateState state) => Interlocked.Exchange(ref _state, state).Statistics?.Dispose();

    private string? ProblemOf(long version, GateStatistics statistics)
    {
        var age = clock.GetUtcNow() - statistics.Provenance.FittedAt;
        if (Settings.MaxStatisticsAge is { } limit && age > limit)
            return $"its statistics (version {version}) are {Text(age)} old; the limit is {limit}";
        return UnconfirmedFor is var since && since > Settings.MaxUnconfirmedAge
            ? $"its statistics (version {version}) were last confirmed by the registry {Text(since)} ago; the limit is {Settings.MaxUnconfirmedAge}"
            : null;
    }

    private static string Text(TimeSpan time) => time.ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
}
