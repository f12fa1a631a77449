namespace MoodStream.Contracts;

/// <summary>One link of a gate's audit chain: the value of a record on audit.</summary>
/// <remarks>
/// At-least-once: a repeated record is equal to the first. <see cref="Hash"/> covers every other member, the hash of the link before
/// among them, so that no link can be changed, left out or put in without breaking all later ones.
/// </remarks>
public sealed record AuditRecorded
{
    /// <summary>The gate whose chain this is.</summary>
    public required string Gate { get; init; }

    /// <summary>Place in the chain, from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it happened, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who did it: a person, a key, or a part of the product.</summary>
    public required string Actor { get; init; }

    /// <summary>What happened, for instance <c>case-claimed</c>.</summary>
    public required string Event { get; init; }

    /// <summary>What it happened to: a case, a statistics version, a setting.</summary>
    public required string Subject { get; init; }

    /// <summary>What else is worth keeping; absent where nothing is.</summary>
    public string? Detail { get; init; }

    /// <summary>Hash of the link before; 64 zeros for the first.</summary>
    public required string Previous { get; init; }

    /// <summary>SHA-256 of this link, 64 lower-case hexadecimal digits.</summary>
    public required string Hash { get; init; }
}
