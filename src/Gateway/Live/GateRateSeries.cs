namespace MoodStream.Gateway.Live;

/// <summary>One gate in one step of time.</summary>
/// <param name="At">Start of the step, UTC.</param>
/// <param name="Accept">Images that it accepted.</param>
/// <param name="Review">Images that it sent to review.</param>
/// <param name="DeadLetter">Images that could not be judged; of all gates, since no gate judged them.</param>
/// <param name="Lag">Most records that waited to be scored; of all gates, since they share a topic.</param>
internal readonly record struct GateRatePoint(DateTimeOffset At, int Accept, int Review, int DeadLetter, long Lag);

/// <summary>Rates of one gate over time.</summary>
internal sealed record GateRateSeries
{
    /// <summary>The gate.</summary>
    public required string Gate { get; init; }

    /// <summary>When it was read, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Length of a step in seconds: 1 or 60.</summary>
    public required int StepSeconds { get; init; }

    /// <summary>Steps, oldest first; the last one is not over yet.</summary>
    public required IReadOnlyList<GateRatePoint> Series { get; init; }

    /// <summary>What the gate promises for in-distribution images, in (0, 1); absent where its latest result does not tell.</summary>
    public double? PromisedFalseAlarmRate { get; init; }

    /// <summary>Records that wait to be scored now.</summary>
    public long Lag { get; init; }
}
