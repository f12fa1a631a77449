namespace MoodStream.Contracts;

/// <summary>Somebody asks for a refit of a gate: an item of the gate's list of requests in Redis, or the value of a record on control.</summary>
/// <remarks>At-least-once: a repeat has the same <see cref="RequestId"/>.</remarks>
public sealed record RefitRequested
{
    /// <summary>Id of the request.</summary>
    public required string RequestId { get; init; }

    /// <summary>The gate.</summary>
    public required string Gate { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Who: a service or a person.</summary>
    public required string By { get; init; }

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>W3C trace context of whoever asked; absent without one.</summary>
    public string? TraceParent { get; init; }
}
