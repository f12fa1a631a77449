namespace MoodStream.Contracts;

/// <summary>A source, a span of time, or both, whose images are to be as if they had never come.</summary>
public sealed record ImageRecall
{
    /// <summary>Id; the same recall given twice is one.</summary>
    public required string Id { get; init; }

    /// <summary>Source whose images go; null for all sources.</summary>
    public string? Source { get; init; }

    /// <summary>First instant that is recalled, UTC; null from the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>First instant that is not recalled any more, UTC; null for no end.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Who recalls.</summary>
    public required string By { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>When it was recalled, UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether an image is recalled.</summary>
    public bool Covers(string source, DateTimeOffset at) =>
        (Source is null || Source == source) && (From is null || at >= From) && (To is null || at < To);
}
