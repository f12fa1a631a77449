using System.Text.Json.Serialization;

namespace MoodStream.Contracts;

/// <summary>A refit of a gate has come to its end: the value of a record on control.</summary>
/// <remarks>At-least-once: a repeat has the same <see cref="RefitId"/>.</remarks>
public sealed record RefitEnded
{
    /// <summary>Id of the refit.</summary>
    public required string RefitId { get; init; }

    /// <summary>The gate.</summary>
    public required string Gate { get; init; }

    /// <summary>How it ended.</summary>
    public required RefitOutcome Outcome { get; init; }

    /// <summary>The version it made; absent where it did not come so far. A refused version is kept and not active.</summary>
    public long? Version { get; init; }

    /// <summary>The version that was active when it was fitted.</summary>
    public long? Parent { get; init; }

    /// <summary>Why it was refused; empty where it was not.</summary>
    public IReadOnlyList<RefitRefusal> Refusals { get; init; } = [];

    /// <summary>When, UTC.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>How a refit ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RefitOutcome>))]
public enum RefitOutcome
{
    /// <summary>Its version is the active one.</summary>
    [JsonStringEnumMemberName("activated")]
    Activated,

    /// <summary>The active version stayed as it was.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,
}

/// <summary>One reason why a refit was refused.</summary>
/// <param name="Reason">Name of a guard, or of one of the trainer's own reasons; a closed list.</param>
/// <param name="Explanation">What that means here, in a sentence, with what to do.</param>
public sealed record RefitRefusal(string Reason, string Explanation);
