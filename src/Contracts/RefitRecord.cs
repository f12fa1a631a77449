using System.Text.Json.Serialization;

namespace MoodStream.Contracts;

/// <summary>How far a refit has come.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RefitState>))]
public enum RefitState
{
    /// <summary>It is due.</summary>
    Requested,

    /// <summary>New statistics are fitted.</summary>
    Fitted,

    /// <summary>The guards have spoken.</summary>
    Guarded,

    /// <summary>The registry holds the version.</summary>
    Published,

    /// <summary>The version is active. An end.</summary>
    Activated,

    /// <summary>The active version stays. An end.</summary>
    Refused,
}

/// <summary>Why a refit is due.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RefitTrigger>))]
public enum RefitTrigger
{
    /// <summary>Somebody asked.</summary>
    Request,

    /// <summary>Drift was reported.</summary>
    Drift,

    /// <summary>Enough images were learned.</summary>
    Count,

    /// <summary>The active version is old.</summary>
    Age,

    /// <summary>The time of day has come.</summary>
    Schedule,
}

/// <summary>One refit, as it is kept in Redis.</summary>
public sealed record RefitRecord
{
    /// <summary>Id: that of the request, or derived from gate and place in the order of refits.</summary>
    public required string RefitId { get; init; }

    /// <summary>The gate.</summary>
    public required string Gate { get; init; }

    /// <summary>How far it has come.</summary>
    public required RefitState State { get; init; }

    /// <summary>Why it is due.</summary>
    public required RefitTrigger Trigger { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Who asked: a person or a service.</summary>
    public required string By { get; init; }

    /// <summary>When it became due, UTC.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>When it is given up, UTC.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>Tries of the present step that failed.</summary>
    public int Failures { get; init; }

    /// <summary>When the present step is tried again, UTC; null at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Images that had arrived when it was fitted.</summary>
    public long Arrivals { get; init; }

    /// <summary>Version that was active when it was fitted, and that it takes detector, promise and classes from.</summary>
    public long? Parent { get; init; }

    /// <summary>Epoch of that activation: the refit is activated only while it stands.</summary>
    public long ParentEpoch { get; init; }

    /// <summary>What the guards found.</summary>
    public IReadOnlyList<GuardResult> Guards { get; init; } = [];

    /// <summary>The version it was published as.</summary>
    public long? Version { get; init; }

    /// <summary>Why it was refused.</summary>
    public IReadOnlyList<RefitRefusal> Refusals { get; init; } = [];

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>W3C trace context of the span that began it, which its steps belong to; null without one.</summary>
    public string? Trace { get; init; }

    /// <summary>Whether Kafka has been told of its end.</summary>
    public bool Announced { get; init; }

    /// <summary>Rises with every change; a change of an older one is refused.</summary>
    public long Revision { get; init; }

    /// <summary>Whether it has come to its end.</summary>
    [JsonIgnore]
    public bool Ended => State is RefitState.Activated or RefitState.Refused;
}
