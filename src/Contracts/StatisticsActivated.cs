namespace MoodStream.Contracts;

/// <summary>A statistics version became the active one of a gate: the value of a record on control.</summary>
public sealed record StatisticsActivated
{
    /// <summary>The gate.</summary>
    public required string Gate { get; init; }

    /// <summary>The version that is active now.</summary>
    public required long Version { get; init; }

    /// <summary>Rises with every activation, roll-backs included.</summary>
    public required long Epoch { get; init; }

    /// <summary>The version that was active before; null for the first.</summary>
    public long? Previous { get; init; }

    /// <summary>Who activated it: a service or a person.</summary>
    public required string By { get; init; }

    /// <summary>Why, in the words of who activated it; absent where nothing was said.</summary>
    public string? Reason { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}
